import { recommended } from "../tools/eslint.mjs";

export default [
  ...recommended,
  {
    files: ["tools/*.mjs", "src/tested.js", "src/host/fake.js", "test/**/*.js"],
    languageOptions: { globals: { process: "readonly", TextEncoder: "readonly", URL: "readonly" } },
  },
  {
    files: ["src/globals.js", "test/globals.test.js"],
    rules: { "no-restricted-properties": "off", "no-restricted-syntax": "off" },
  },
  {
    // Both are on every engine, and there is nothing else on QuickJS.
    files: ["src/text.js"],
    languageOptions: { globals: { escape: "readonly", unescape: "readonly" } },
  },
];
