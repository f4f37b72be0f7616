// The linter's rules for plugins: those that are recommended, and that there is no clock and no chance.

import { createRequire } from "node:module";
import { join } from "node:path";

import { shared } from "./find.mjs";

const require = createRequire(join(shared(), "package.json"));
const js = require("@eslint/js");
const ts = require("typescript-eslint");

const REPLAY = "A recorded call must replay exactly: use";

const rules = {
  "no-restricted-properties": [
    "error",
    { object: "Math", property: "random", message: `${REPLAY} \`new Random(request.seed)\`.` },
    { object: "Date", property: "now", message: `${REPLAY} \`request.nowMs\`.` },
  ],
  "no-restricted-syntax": [
    "error",
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: `${REPLAY} \`new Date(request.nowMs)\`.`,
    },
  ],
  "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
};

/** Those for JavaScript. */
export const recommended = [
  { ignores: [".switchyard/", "node_modules/"] },
  js.configs.recommended,
  { languageOptions: { globals: { console: "readonly" } }, rules },
];

/** Those for TypeScript. */
export const typed = [
  ...recommended,
  ...ts.configs.recommended,
  {
    rules: {
      "no-unused-vars": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
];
