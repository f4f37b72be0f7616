import assert from "node:assert/strict";
import { test } from "node:test";

import { exposition } from "../index.js";

const first = (text) => exposition.series(text).next().value;

test("lines become series", () => {
  const check = (text, name, value, timestamp) => {
    const one = first(text);
    assert.deepEqual([one.name, one.value, one.timestamp], [name, value, timestamp], text);
  };
  check("up 1", "up", 1);
  check("  up\t1.5  \r\n", "up", 1.5);
  check('up{a="b"} 3 1395066363000', "up", 3, 1395066363000);
  check("up{} +Inf", "up", Infinity);
  check("up -inf", "up", -Infinity);
  check("up 1e3", "up", 1000);
  check("up .5", "up", 0.5);
  check('up{a="}\\"}"} 2', "up", 2);
  check('up_bucket{le="1"} 7 # {trace="x"} 0.5', "up_bucket", 7);
  check("up NaN", "up", NaN);
});

test("what is no series is passed over", () => {
  const check = (text) => assert.equal(first(text), undefined, text);
  check("# HELP up Whether it is up.");
  check("");
  check("up");
  check("up x");
  check("up 0x10");
  check('up{a="b" 1');
  check("up 1 yesterday");
  check('{a="b"} 1');
});

test("all series come in their order", () => {
  const text = "# TYPE a gauge\na 1\n\nb 2\nnothing\na 3\n";
  const found = Array.from(exposition.series(text), ({ name, value }) => [name, value]);
  assert.deepEqual(found, [
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ]);
});

test("labels are unescaped", () => {
  const check = (labels, name, expected) => {
    assert.equal(first(`up{${labels}} 1`).labels.get(name), expected, labels);
  };
  check('a="1",b="2"', "b", "2");
  check('a = "1" , b="2",', "b", "2");
  check('a="x,b=y",b="2"', "b", "2");
  check('a="say \\"hi\\"\\n\\\\ \\t"', "a", 'say "hi"\n\\ \\t');
  check('ab="1"', "a", undefined);
  check("a=1", "a", undefined);
  check("", "a", undefined);
});
