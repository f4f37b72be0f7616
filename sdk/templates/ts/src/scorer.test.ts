import { Column } from "#switchyard";
import { assert, assertClose, test, tested } from "#switchyard/testing";

import plugin from "./plugin.ts";

function check(settings: object, waiting: number[], expected: number[]): void {
  const rule = tested(plugin, { settings, columns: { [Column.WaitingRequests]: waiting } });
  assertClose(rule.score(), expected);
}

test("fewer waiting requests score better", () => {
  check({}, [0, 5, 10, 99], [1, 0.5, 0, 0]);
  check({ fullAt: 4 }, [1, 3], [0.75, 0.25]);
});

test("unknown is worst", () => {
  check({}, [2, NaN, 5], [0.8, 0.5, 0.5]);
  check({}, [NaN, NaN], [0, 0]);
});

test("settings out of range are refused", () => {
  for (const settings of [{ fullAt: 0 }, { fullat: 3 }]) {
    assert.throws(() => tested(plugin, { settings }), /fullat/i);
  }
});
