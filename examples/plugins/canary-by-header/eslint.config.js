export { typed as default } from "#switchyard/eslint";
