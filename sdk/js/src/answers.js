// From what a plugin answers to what the contract takes: defaults are filled in, and what cannot cross
// is an error that says so. Without this the component would end with no reason given.

/** Row numbers. */
export function rows(answer, method) {
  const list = Array.isArray(answer) || ArrayBuffer.isView(answer);
  if (!list || !answer.every(Number.isInteger)) {
    throw new TypeError(`\`${method}\` answered ${shown(answer)}, expected a list of row numbers`);
  }
  // Crosses as a whole, and an array would do so number by number.
  const rows = new Uint32Array(answer.length);
  rows.set(answer);
  return rows;
}

export function list(answer, method) {
  if (!Array.isArray(answer)) {
    throw new TypeError(`\`${method}\` answered ${shown(answer)}, expected an array`);
  }
  return answer;
}

export function boolean(answer, method) {
  if (typeof answer !== "boolean") {
    throw new TypeError(`\`${method}\` answered ${shown(answer)}, expected true or false`);
  }
  return answer;
}

export function headers(answer, method) {
  return list(answer ?? [], method).map(({ name, value }) => ({
    name: text(name, "a header's name"),
    value: String(value),
  }));
}

export function steps(answer, method) {
  return list(answer, method).map(({ profile, gate = "" }) => ({
    profile: text(profile, "a step's profile"),
    gate: text(gate, "a step's gate"),
  }));
}

export function decision({ primary, targets, setHeaders, extra = [] }) {
  return {
    primary: text(primary, "a decision's primary profile"),
    targets: list(targets, "decide").map(({ row, port = 0 }) => ({
      row: whole(row, "a target's row"),
      port: whole(port, "a target's port"),
    })),
    setHeaders: headers(setHeaders, "decide"),
    extra,
  };
}

export function fetches(answer, method) {
  return list(answer, method).map((fetch) => ({
    name: text(fetch.name, "a fetch's name"),
    scope: scope(fetch.scope ?? "endpoint"),
    scheme: fetch.scheme ?? "http",
    port: whole(fetch.port ?? 0, "a fetch's port"),
    path: text(fetch.path, "a fetch's path"),
    intervalMs: whole(fetch.intervalMs ?? 0, "a fetch's interval"),
    timeoutMs: whole(fetch.timeoutMs ?? 0, "a fetch's time limit"),
    families: texts(fetch.families, "a fetch's families"),
    columns: texts(fetch.columns, "a fetch's columns"),
    sets: texts(fetch.sets, "a fetch's sets"),
    extra: [],
  }));
}

export function samples(answer, method) {
  return list(answer, method).map(({ rank = 0, values, sets = [] }) => ({
    rank: whole(rank, "a sample's rank"),
    values: Float64Array.from(values),
    sets: sets.map(({ name, members }) => ({
      name: text(name, "a set's name"),
      members: texts(members, "a set's members"),
    })),
  }));
}

/** One text. */
export function text(value, what) {
  if (typeof value !== "string") {
    throw new TypeError(`found ${shown(value)} as ${what}, expected a text`);
  }
  return value;
}

/** Texts; none where nothing is said. */
export function texts(values = [], what) {
  return Array.from(values, (value) => text(value, what));
}

function scope(value) {
  if (value !== "endpoint" && value !== "address") {
    throw new TypeError(`found ${shown(value)} as a fetch's scope, expected endpoint or address`);
  }
  return value;
}

function whole(value, what) {
  if (!Number.isInteger(value) || value < 0) {
    throw new TypeError(`found ${shown(value)} as ${what}, expected a whole number`);
  }
  return value;
}

function shown(answer) {
  const text = JSON.stringify(answer) ?? String(answer);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
