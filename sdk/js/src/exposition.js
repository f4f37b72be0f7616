// Reads a Prometheus exposition line by line.
//
// Text parsing is where a picker's idle CPU goes, so a series' labels are looked at only when asked for.
// Names are compared whole, because `vllm:num_requests_waiting` is also how
// `vllm:num_requests_waiting_by_reason` begins.

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const NAME = /^[^{ \t]+/;
// Quoted values may hold braces.
const LABELS = /^\{((?:[^"}]|"(?:\\.|[^"\\])*")*)\}/;
const LABEL = /^([^=]*)=\s*"((?:\\.|[^"\\])*)"\s*,*/;

/** All series of an exposition. Comments, empty lines and lines that are no series are passed over. */
export function* series(text) {
  for (const line of text.split("\n")) {
    const one = read(line.trim());
    if (one !== undefined) {
      yield one;
    }
  }
}

function read(line) {
  const name = line.startsWith("#") ? null : NAME.exec(line);
  if (name === null) {
    return undefined;
  }
  let rest = line.slice(name[0].length);
  let inside = "";
  if (rest.startsWith("{")) {
    const labels = LABELS.exec(rest);
    if (labels === null) {
      return undefined;
    }
    inside = labels[1];
    rest = rest.slice(labels[0].length);
  }
  const [value, after] = rest.trim().split(/\s+/);
  const known = number(value);
  // An OpenMetrics exemplar begins with `#`.
  const timed = after !== undefined && after !== "#";
  const timestamp = timed ? number(after) : undefined;
  if (known === undefined || (timed && timestamp === undefined)) {
    return undefined;
  }
  return { name: name[0], labels: new Labels(inside), value: known, timestamp };
}

function number(word) {
  if (NUMBER.test(word)) {
    return Number(word);
  }
  if (NOT_A_NUMBER.test(word)) {
    return NaN;
  }
  const infinity = INFINITY.exec(word);
  if (infinity === null) {
    return undefined;
  }
  return infinity[1] === "-" ? -Infinity : Infinity;
}

/** The labels of a series, as they stand in the exposition. */
class Labels {
  #text;

  constructor(text) {
    this.#text = text;
  }

  /** The value of a label with its escapes resolved. Looking ends where the list is malformed. */
  get(name) {
    let rest = this.#text;
    for (;;) {
      const label = LABEL.exec(rest);
      if (label === null) {
        return undefined;
      }
      if (label[1].trim() === name) {
        return unescaped(label[2]);
      }
      rest = rest.slice(label[0].length);
    }
  }
}

/** `\\`, `\"` and `\n` as the format defines them; any other escape stays as it is. */
function unescaped(value) {
  return value.replace(/\\([\\"n])/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
}
