// The endpoints a call is about, and their numbers.
//
// A call carries row numbers and one flat list of numbers. One view serves all calls of an instance:
// making objects costs an interpreter more than it seems, and an instance serves one call at a time.

/** A view of one call's rows and inputs that finds a column by its name. */
export class Endpoints {
  /** @param {{columns: string[], scalars: string[]}} needs in the order in which inputs come */
  constructor({ columns, scalars }) {
    this.rows = [];
    this.length = 0;
    this.inputs = [];
    this.columns = new Map(columns.map((name, position) => [name, position]));
    this.scalars = new Map(scalars.map((name, position) => [name, position]));
  }

  /** Makes the view show another call. */
  of(rows, inputs) {
    this.rows = rows;
    this.length = rows.length;
    this.inputs = inputs;
    return this;
  }

  column(name) {
    const position = this.columns.get(name);
    if (position === undefined) {
      throw undeclared("column", name, this.columns);
    }
    const { inputs, length } = this;
    // A plugin of one column, which most are, reads the host's list itself.
    return inputs.length === length
      ? inputs
      : inputs.slice(position * length, (position + 1) * length);
  }

  scalar(name) {
    const position = this.scalars.get(name);
    if (position === undefined) {
      throw undeclared("scalar", name, this.scalars);
    }
    return this.inputs[this.columns.size * this.length + position];
  }
}

function undeclared(kind, name, known) {
  const names = [...known.keys()].join(", ") || "none";
  return new Error(
    `the plugin read the ${kind} \`${name}\`, expected one that its \`needs\` name (${names})`,
  );
}

/** The contract's endpoint with its labels as properties. The first of several with one key counts. */
export function withLabels(endpoint) {
  const labels = Object.create(null);
  for (const { key, value } of endpoint.labels) {
    labels[key] ??= value;
  }
  endpoint.labels = labels;
  return endpoint;
}

/** What `value` makes of each endpoint, at the index of its row; `undefined` where there is none. */
export function perRow(endpoints, value) {
  const length = endpoints.reduce((most, { row }) => Math.max(most, row + 1), 0);
  // Without holes: an array with holes is a slow one.
  const values = new Array(length).fill(undefined);
  for (const endpoint of endpoints) {
    values[endpoint.row] = value(endpoint);
  }
  return values;
}

/** `address:port`, with an IPv6 address in brackets. */
export function hostPort({ address, port }) {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
