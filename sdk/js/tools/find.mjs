// Where the tools are: a plugin's own come first, then those that all plugins share, which
// `switchyard doctor --fix` installs from the `package-lock.json` beside this file.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** The folder of the shared tools. */
export function shared() {
  const { SWITCHYARD_TOOLS: tools, XDG_CACHE_HOME: cache } = process.env;
  const folder = tools || join(cache || join(homedir(), ".cache"), "switchyard/tools");
  return join(folder, `javascript-${version}`);
}

/** A tool's program. */
export function find(name) {
  const folders = [process.cwd(), shared()];
  // `esbuild` is a program for this machine; what npm makes of it is a script that calls it, and adds a stack of
  // its own to whatever goes wrong.
  const native = `node_modules/@esbuild/${process.platform}-${process.arch}/bin`;
  const programs = folders.flatMap((folder) => [native, "node_modules/.bin"].map((bin) => join(folder, bin, name)));
  const found = programs.find(existsSync);
  if (found === undefined) {
    throw new Error(
      `found no ${name} in ${folders.join(" or ")}; install it with \`switchyard doctor --fix --lang js\``,
    );
  }
  return found;
}
