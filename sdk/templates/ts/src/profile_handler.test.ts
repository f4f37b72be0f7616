import { assert, ended, picked, test, tested } from "#switchyard/testing";

import plugin from "./plugin.ts";

test("the profile runs once", () => {
  const rule = tested(plugin);
  assert.deepEqual(rule.next([]), [{ profile: "default", gate: "" }]);
  assert.deepEqual(rule.next([picked("default", [3])]), []);
  const other = tested(plugin, { settings: { profile: "chat" } });
  assert.deepEqual(other.next([]), [{ profile: "chat", gate: "" }]);
});

test("its pick is the decision", () => {
  const { primary, targets } = tested(plugin).decision([picked("default", [3, 1])]);
  assert.equal(primary, "default");
  assert.deepEqual(targets, [
    { row: 3, port: 0 },
    { row: 1, port: 0 },
  ]);
});

test("without a pick the request is refused", () => {
  const done = [ended("default", "filtered-out")];
  assert.throws(() => tested(plugin).decision(done), { code: 503 });
});
