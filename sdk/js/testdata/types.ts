// What the types promise, and what they must refuse. `npm run check` compiles this; it is never run.

import {
  Column,
  decisionOf,
  defineSettings,
  definePlugin,
  Diagnostics,
  exposition,
  Fault,
  perRow,
  Random,
  state,
  type Filter,
  type Scorer,
  type SettingsOf,
} from "../index.js";
import { assert, endpoint, picked, test, tested } from "../testing.js";

const settings = defineSettings({
  fullAt: { type: "number", default: 10, exclusiveMinimum: 0 },
  label: { type: "string", default: "drain" },
  kind: { type: "string", enum: ["fast", "slow"], default: "fast" },
  limit: { type: ["integer", "null"], default: null },
  steps: {
    type: "array",
    default: [],
    items: { type: "object", properties: { weight: { type: "number" } } },
  },
  prices: { type: "object", default: {}, additionalProperties: { type: "number" } },
});

type Settings = SettingsOf<typeof settings>;

export function settingsHaveTheirTypes(given: Settings): void {
  const fullAt: number = given.fullAt;
  const kind: "fast" | "slow" = given.kind;
  const limit: number | null = given.limit;
  const weight: number | undefined = given.steps[0]?.weight;
  const price: number | undefined = given.prices["h100"];
  console.log(fullAt, kind, limit, weight, price);
  // @ts-expect-error a number is no text
  const label: number = given.label;
  // @ts-expect-error there is no such setting
  console.log(label, given.fullat);
  // @ts-expect-error settings are the configuration's
  given.fullAt = 3;
}

// @ts-expect-error no such type
defineSettings({ a: { type: "float" } });

export function filter({ label }: Settings): Filter {
  let drained: (boolean | undefined)[] = [];
  return {
    endpointsChanged(endpoints) {
      drained = perRow(endpoints, ({ labels }) => labels[label] === "true");
    },
    keep: (_request, { rows }) => rows.filter((row) => drained[row] === false),
  };
}

export const scorer: Scorer = {
  score(request, endpoints, scores) {
    scores.each(endpoints.column(Column.WaitingRequests), (waiting) => waiting / 2);
    scores.lowerIsBetter(endpoints.column("custom/gpu-temperature"));
    new Random(request.seed).shuffle([1, 2]);
    // @ts-expect-error misspelt
    endpoints.column(Column.WaitingRequest);
    // @ts-expect-error the host's rows are not the plugin's
    endpoints.rows.push(1);
  },
};

const plugin = definePlugin({
  name: "sample",
  version: "0.1.0",
  summary: "A sample",
  settings,
  needs: ({ label }) => ({ columns: [Column.WaitingRequests, label], capabilities: ["state"] }),
  create(given) {
    if (given.fullAt > 100) {
      throw Diagnostics.one("fullAt", "too much");
    }
    const seen = state.get("seen");
    return {
      filter: filter(given),
      scorer,
      scraper: {
        plan: () => [{ name: "metrics", path: "/metrics", columns: ["custom/a"] }],
        parse(answer) {
          if (answer.status !== 200) {
            throw Fault.cannotAnswer(`status ${answer.status}, ${seen?.length}`);
          }
          const [first] = exposition.series(answer.text());
          return [{ values: [first?.value ?? NaN, Number(first?.labels.get("gpu"))] }];
        },
      },
      profileHandler: {
        next: (_request, done) => (done.length === 0 ? [{ profile: "default" }] : []),
        decide: (_request, [only]) => decisionOf(only ?? picked("default", [0])),
      },
      hooks: { responseStarted: (_request, status) => [{ name: "x-status", value: `${status}` }] },
    };
  },
});

definePlugin({
  name: "sample",
  version: "0.1.0",
  summary: "Takes no settings",
  // @ts-expect-error there are none
  create: ({ fullAt }) => ({ scorer: { score: () => fullAt } }),
});

// @ts-expect-error a capability nobody has
definePlugin({ name: "a", version: "1", summary: "s", needs: { capabilities: ["disk"] }, create: () => ({}) });

test("tests have types", () => {
  const rule = tested(plugin, {
    settings: { fullAt: 3 },
    endpoints: [endpoint(0, { drain: "true" })],
    columns: { [Column.WaitingRequests]: [1] },
    request: { headers: { "x-tenant": "acme" }, seed: 7 },
  });
  assert.deepEqual(rule.score(), [0.5]);
  assert.equal(rule.host.lines[0]?.level, "info");
});
