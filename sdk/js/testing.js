// Tests of a plugin's rules as ordinary JavaScript, with a stand-in for the host. What each name means
// stands in `testing.d.ts`, which editors show.

export { default as assert } from "node:assert/strict";
export { test } from "node:test";

export { assertClose, ended, endpoint, Host, picked, tested } from "./src/tested.js";
