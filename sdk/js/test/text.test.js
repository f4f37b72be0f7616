import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeText, encodeText } from "../index.js";

test("text and bytes become one another", () => {
  const check = (text) => {
    const bytes = new TextEncoder().encode(text);
    assert.equal(decodeText(bytes), text);
    assert.deepEqual(encodeText(text), bytes);
  };
  check("");
  check("100 % plain\n");
  check("Grüße, 世界 🙂");
  // More than becomes characters at a time, with a character across the border.
  check(`${"a".repeat(0x3fff)}é${"b".repeat(0x4000)}`);
});

test("bytes that are no text are refused", () => {
  assert.throws(() => decodeText(new Uint8Array([0x61, 0xff])), URIError);
});

test("half a character becomes the one for what is unknown", () => {
  assert.deepEqual(encodeText("\ud800"), new TextEncoder().encode("\ufffd"));
});
