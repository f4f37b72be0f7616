export { recommended as default } from "#switchyard/eslint";
