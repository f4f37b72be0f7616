// What a plugin finds in a component of the globals it may know from elsewhere.
//
// There is no clock and no chance, so that a recorded call replays exactly: asking for them says so, where
// the engine would end without a reason. `console` writes to the host's log.

import * as log from "./log.js";

const said = (write) => (...values) => write(values.map(String).join(" "));

globalThis.console = Object.freeze({
  debug: said(log.debug),
  log: said(log.info),
  info: said(log.info),
  warn: said(log.warn),
  error: said(log.error),
});

function absent(found, instead) {
  return () => {
    throw new Error(`a plugin has no \`${found}\`: use ${instead}, which a replay knows`);
  };
}

const noClock = absent("Date.now()", "`request.nowMs`");

Math.random = absent("Math.random()", "`new Random(request.seed)`");
delete globalThis.performance;

const Time = Date;
Time.now = noClock;
globalThis.Date = new Proxy(Time, {
  construct(target, given, made) {
    return given.length === 0 ? noClock() : Reflect.construct(target, given, made);
  },
  apply: noClock,
});
