// What a plugin reads and may do, as the contract's `needs`.

import { texts } from "./answers.js";

const KNOWN = [
  "columns",
  "optionalColumns",
  "scalars",
  "optionalScalars",
  "ownColumns",
  "capabilities",
];

/** The contract's form. Required inputs come before optional ones; a plugin reads them by name. */
export function toContract(needs) {
  for (const key of Object.keys(needs)) {
    if (!KNOWN.includes(key)) {
      throw new TypeError(`found \`${key}\` in the needs, expected some of ${KNOWN.join(", ")}`);
    }
  }
  const named = (key) => texts(needs[key], `one of the needs' ${key}`);
  const inputs = (required, optional) => [
    ...named(required).map((name) => ({ name, required: true })),
    ...named(optional).map((name) => ({ name, required: false })),
  ];
  return {
    columns: inputs("columns", "optionalColumns"),
    scalars: inputs("scalars", "optionalScalars"),
    ownColumns: named("ownColumns"),
    capabilities: named("capabilities"),
    extra: [],
  };
}

/** The names of the inputs in the order in which they come. */
export function order({ columns, scalars }) {
  const names = (inputs) => inputs.map(({ name }) => name);
  return { columns: names(columns), scalars: names(scalars) };
}
