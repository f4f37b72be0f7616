// Runs a tool: `node .switchyard/sdk/js/tools/run.mjs eslint .`

import { spawnSync } from "node:child_process";

import { find } from "./find.mjs";

const [name, ...args] = process.argv.slice(2);
const { status } = spawnSync(find(name), args, { stdio: "inherit" });
process.exitCode = status ?? 1;
