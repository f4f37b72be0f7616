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
  return list(answer ?? [], method).map(({ name, value }) => ({ name, value: String(value) }));
}

export function steps(answer, method) {
  return list(answer, method).map(({ profile, gate = "" }) => ({ profile, gate }));
}

export function decision({ primary, targets, setHeaders, extra = [] }) {
  return {
    primary,
    targets: targets.map(({ row, port = 0 }) => ({ row, port })),
    setHeaders: headers(setHeaders, "decide"),
    extra,
  };
}

export function fetches(answer, method) {
  return list(answer, method).map((fetch) => ({
    name: fetch.name,
    scope: fetch.scope ?? "endpoint",
    scheme: fetch.scheme ?? "http",
    port: fetch.port ?? 0,
    path: fetch.path,
    intervalMs: fetch.intervalMs ?? 0,
    timeoutMs: fetch.timeoutMs ?? 0,
    families: fetch.families ?? [],
    columns: fetch.columns ?? [],
    sets: fetch.sets ?? [],
    extra: [],
  }));
}

export function samples(answer, method) {
  return list(answer, method).map(({ rank = 0, values, sets = [] }) => ({
    rank,
    values: Float64Array.from(values),
    sets,
  }));
}

function shown(answer) {
  const text = JSON.stringify(answer) ?? String(answer);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
