import assert from "node:assert/strict";
import { test } from "node:test";

import { Column, decisionOf, definePlugin, Diagnostics, Fault, Scalar } from "../index.js";
import { endpoint, ended, picked, tested } from "../testing.js";

function plugin(stages, more = {}) {
  const create = typeof stages === "function" ? stages : () => stages;
  return definePlugin({ name: "sample", version: "1.2.3", summary: "A sample", create, ...more });
}

test("a scorer fills the scores", () => {
  const needs = { columns: [Column.WaitingRequests], optionalScalars: [Scalar.PromptTokens] };
  const scorer = {
    score(request, endpoints, scores) {
      const tokens = endpoints.scalar(Scalar.PromptTokens);
      scores.each(endpoints.column(Column.WaitingRequests), (waiting) => waiting / tokens);
    },
  };
  const columns = { [Column.WaitingRequests]: [1, 2] };
  const rule = tested(plugin({ scorer }, { needs }), { columns, scalars: { "prompt-tokens": 4 } });
  assert.deepEqual(rule.score(), [0.25, 0.5]);
  assert.deepEqual(rule.score([1]), [0.5]);
  assert.deepEqual(rule.needs.columns, [{ name: "waiting-requests", required: true }]);
  assert.deepEqual(rule.needs.scalars, [{ name: "prompt-tokens", required: false }]);
});

test("an answer beside the scores is an error", () => {
  const rule = tested(plugin({ scorer: { score: () => [1] } }));
  assert.throws(() => rule.score([0]), /expected that it fills `scores`/);
});

test("needs may depend on settings", () => {
  const settings = { column: { type: "string", default: "custom/a" } };
  const needs = ({ column }) => ({ columns: [column] });
  const made = plugin({ scorer: { score() {} } }, { settings, needs });
  assert.deepEqual(tested(made).needs.columns, [{ name: "custom/a", required: true }]);
  const wrong = plugin({ scorer: { score() {} } }, { needs: { column: [] } });
  assert.throws(() => tested(wrong), /found `column` in the needs/);
});

test("a filter and a picker answer rows", () => {
  const rule = tested(
    plugin({
      filter: { keep: (request, { rows }) => rows.filter((row) => row > 1) },
      picker: { pick: (request, { rows }, totals) => [rows[totals.indexOf(Math.max(...totals))]] },
    }),
  );
  assert.deepEqual(rule.keep([0, 2, 3]), [2, 3]);
  assert.deepEqual(rule.pick([1, 3, 2]), [1]);
});

test("what are no rows is an error", () => {
  const check = (answer) => {
    const rule = tested(plugin({ filter: { keep: () => answer } }));
    assert.throws(() => rule.keep([0]), /`keep` answered .*, expected a list of row numbers/);
  };
  check(undefined);
  check(["pod-0"]);
  check([0.5]);
  check(null);
  const typed = tested(plugin({ filter: { keep: () => new Uint32Array([0]) } }));
  assert.deepEqual(typed.keep([0]), [0]);
});

test("a decider agrees or not", () => {
  const decide = (request, profile, { rows }) => profile === "prefill" && rows.length === 2;
  const rule = tested(plugin({ decider: { decide } }));
  assert.equal(rule.agrees("prefill", [0, 1]), true);
  assert.equal(rule.agrees("prefill", []), false);
  const vague = tested(plugin({ decider: { decide() {} } }));
  assert.throws(() => vague.agrees("prefill", []), /expected true or false/);
});

test("a profile handler steps and decides", () => {
  const rule = tested(
    plugin(
      {
        profileHandler: {
          next: (request, done) => (done.length === 0 ? [{ profile: "a", gate: "g" }] : []),
          decide(request, done, picked) {
            const [totals] = [picked.column("custom/a")];
            const setHeaders = [{ name: "x-seen", value: totals.join() }];
            return { ...decisionOf(done[0]), setHeaders };
          },
        },
      },
      { needs: { columns: ["custom/a"] } },
    ),
    { columns: { "custom/a": [5, 6, 7] } },
  );
  assert.deepEqual(rule.next([]), [{ profile: "a", gate: "g" }]);
  assert.deepEqual(rule.next([ended("a", "gated")]), []);
  assert.deepEqual(rule.decision([picked("a", [2, 0]), picked("b", [1])]), {
    primary: "a",
    targets: [
      { row: 2, port: 0 },
      { row: 0, port: 0 },
    ],
    setHeaders: [{ name: "x-seen", value: "7,5,6" }],
    extra: [],
  });
});

test("a scraper plans and parses", () => {
  const rule = tested(
    plugin({
      scraper: {
        plan: () => [{ name: "metrics", path: "/metrics", columns: ["custom/a"] }],
        parse: (answer) => [{ values: [Number(answer.text()) + answer.row] }],
      },
    }),
  );
  assert.deepEqual(rule.plan(), [
    {
      name: "metrics",
      scope: "endpoint",
      scheme: "http",
      port: 0,
      path: "/metrics",
      intervalMs: 0,
      timeoutMs: 0,
      families: [],
      columns: ["custom/a"],
      sets: [],
      extra: [],
    },
  ]);
  assert.deepEqual(rule.parse("40", { row: 2 }), [{ rank: 0, values: [42], sets: [] }]);
  assert.throws(() => rule.parse(new Uint8Array([0xff])), Fault);
});

test("what cannot cross is an error that names it", () => {
  const check = (stages, call, expected) => {
    assert.throws(() => call(tested(plugin(stages))), expected);
  };
  const handler = (next, decide) => ({ profileHandler: { next: () => next, decide: () => decide } });
  check(handler([{}]), (rule) => rule.next([]), /found undefined as a step's profile, expected a text/);
  check(
    handler([], { primary: "a", targets: [{ row: "pod-0" }] }),
    (rule) => rule.decision([]),
    /found "pod-0" as a target's row, expected a whole number/,
  );
  const scraper = (plan, samples) => ({ scraper: { plan: () => plan, parse: () => samples } });
  check(scraper({}), (rule) => rule.plan(), /`plan` answered {}, expected an array/);
  check(
    scraper([{ name: "a", path: "/a", columns: [7] }]),
    (rule) => rule.plan(),
    /found 7 as a fetch's columns, expected a text/,
  );
  const scoped = [{ name: "a", path: "/a", scope: "pod" }];
  check(scraper(scoped), (rule) => rule.plan(), /found "pod" as a fetch's scope/);
  check(scraper([], [{ values: [1], rank: -1 }]), (rule) => rule.parse(""), /as a sample's rank/);
  const headers = (answer) => ({ hooks: { responseStarted: () => answer } });
  check(headers([{ value: "a" }]), (rule) => rule.responseStarted(), /as a header's name/);
  const wrong = plugin({ scorer: { score() {} } }, { needs: { columns: [undefined] } });
  assert.throws(() => tested(wrong), /found undefined as one of the needs' columns/);
});

test("hooks follow a request, those there are", () => {
  const seen = [];
  const rule = tested(
    plugin({
      hooks: {
        picked: (request, { primary }, { rows }) => [{ name: "x-picked", value: primary + rows }],
        responseEnded: (request, { ending }) => seen.push(ending),
      },
    }),
  );
  const decision = { primary: "a", targets: [{ row: 3, port: 0 }], setHeaders: [], extra: [] };
  assert.deepEqual(rule.picked(decision), [{ name: "x-picked", value: "a3" }]);
  assert.deepEqual(rule.responseStarted(), []);
  rule.responseEnded({ ending: "client-left" });
  assert.deepEqual(seen, ["client-left"]);
});

test("membership is told to each follower once", () => {
  const seen = [];
  const stage = {
    endpointsChanged: (endpoints) => seen.push(endpoints.map(({ labels }) => labels.role)),
    keep: () => [],
    score() {},
  };
  tested(plugin({ filter: stage, scorer: stage }), { endpoints: [endpoint(0, { role: "both" })] });
  assert.deepEqual(seen, [["both"]]);
});

test("a fault is an answer and is not logged", () => {
  const rule = tested(
    plugin({
      filter: {
        keep() {
          throw Fault.refuse(429, "not now");
        },
      },
    }),
  );
  // `payload` is what the host gets.
  const payload = { code: 429, message: "not now" };
  assert.throws(() => rule.keep([0]), { code: 429, message: "not now", payload });
  assert.deepEqual(rule.host.lines, []);
  assert.throws(() => Fault.refuse(200, "fine"), /expected one from 400 to 599/);
  assert.equal(Fault.cannotAnswer("no").code, 0);
});

test("any other error is logged before it ends the instance", () => {
  const check = (thrown, expected) => {
    const keep = () => {
      throw thrown;
    };
    const rule = tested(plugin({ filter: { keep } }));
    assert.throws(() => rule.keep([0]), Error);
    const [{ level, message }] = rule.host.lines;
    assert.equal(level, "error");
    assert.match(message, expected);
  };
  check(new TypeError("oops"), /^keep: TypeError: oops\n.*stages\.test\.js/s);
  check("just text", /^keep: Error: just text\n/);
});

test("settings are checked, by their schema and by the plugin", () => {
  const settings = { least: { type: "number", default: 1 }, most: { type: "number", default: 2 } };
  const made = plugin(
    ({ least, most }) => {
      if (least > most) {
        throw Diagnostics.one("least", `found ${least}, expected at most ${most}`);
      }
      return { filter: { keep: (request, { rows }) => rows } };
    },
    { settings },
  );
  const refused = (settings) => {
    try {
      tested(made, { settings });
    } catch (error) {
      return error.list;
    }
    return [];
  };
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ least: 3 }), [{ path: "least", message: "found 3, expected at most 2" }]);
  assert.equal(refused({ least: "a", most: "b" }).length, 2);
  assert.deepEqual(Object.keys(tested(made).settingsSchema.properties), ["least", "most"]);
});

test("what `create` makes must have a stage", () => {
  assert.throws(() => tested(plugin({})), /made no stage/);
  assert.throws(() => tested(plugin(() => undefined)), /made no stage/);
});

test("a plugin says who it is", () => {
  assert.throws(() => definePlugin({ name: "a", version: "1" }), /no `summary`/);
  assert.throws(() => definePlugin({ name: "a", version: "1", summary: "s" }), /no `create`/);
});
