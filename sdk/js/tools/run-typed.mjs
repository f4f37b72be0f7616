// Runs tests written in TypeScript with Node's own runner, which cannot read their types: each becomes a
// file of JavaScript first. What is checked of the types is the business of `tsc`.

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { find } from "./find.mjs";

const SOURCES = "src";
const MADE = ".switchyard/made/tested";

const entries = readdirSync(SOURCES, { recursive: true });
const tests = entries.filter((name) => name.endsWith(".test.ts"));
if (tests.length === 0) {
  throw new Error(`found no file ${SOURCES}/**/*.test.ts, expected at least one`);
}

// What an earlier run left would be run again.
rmSync(MADE, { recursive: true, force: true });
run(find("esbuild"), [
  ...tests.map((name) => join(SOURCES, name)),
  "--bundle",
  "--platform=node",
  "--format=esm",
  "--target=node20",
  "--sourcemap=inline",
  "--log-level=warning",
  `--outbase=${SOURCES}`,
  `--outdir=${MADE}`,
  "--out-extension:.js=.mjs",
]);
const made = tests.map((name) => join(MADE, name.replace(/\.ts$/, ".mjs")));
run(process.execPath, ["--enable-source-maps", "--test", ...process.argv.slice(2), ...made]);

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
