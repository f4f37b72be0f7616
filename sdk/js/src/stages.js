// From the contract's calls to a plugin's methods, for the component and for tests alike.

import * as answers from "./answers.js";
import { Endpoints, withLabels } from "./endpoints.js";
import { Diagnostics, Fault } from "./faults.js";
import * as log from "./log.js";
import * as needs from "./needs.js";
import { STAGES } from "./plugin.js";
import { request } from "./request.js";
import { Scores } from "./scores.js";
import { Answer } from "./scraping.js";
import { parse, schemaText } from "./settings.js";

/** The contract's interfaces for one plugin. Where `stages` are given, it must have just those. */
export function contractOf(plugin, stages) {
  /** What `create` made: its stages by name. */
  let rule = NOT_CONFIGURED;
  let view = new Endpoints({ columns: [], scalars: [] });

  /** Those that follow membership, each once. */
  let followers = new Set();

  const rowsOf = (done) => done.flatMap((result) => Array.from(result.rows));

  const methods = {
    lifecycle: {
      describe() {
        const { name, version, summary, schema } = plugin;
        return { name, version, summary, settingsSchema: schemaText(schema), extra: [] };
      },
      configure(text) {
        const settings = parse(plugin.schema, text);
        const made = plugin.create(settings);
        checkStages(made, stages);
        const needed = needs.toContract(plugin.needs(settings));
        view = new Endpoints(needs.order(needed));
        followers = new Set([made, ...Object.values(made)]);
        rule = made;
        return needed;
      },
      endpointsChanged(generation, endpoints) {
        const known = endpoints.map(withLabels);
        for (const follower of followers) {
          follower.endpointsChanged?.(known, generation);
        }
      },
    },
    filter: {
      keep(rows, inputs) {
        return answers.rows(rule.filter.keep(request, view.of(rows, inputs)), "keep");
      },
    },
    scorer: {
      score(rows, inputs) {
        const scores = new Scores(rows.length);
        if (rule.scorer.score(request, view.of(rows, inputs), scores) !== undefined) {
          throw new TypeError("`score` answered something, expected that it fills `scores`");
        }
        return scores;
      },
    },
    picker: {
      pick(rows, totals, inputs) {
        return answers.rows(rule.picker.pick(request, view.of(rows, inputs), totals), "pick");
      },
    },
    decider: {
      decide(profile, picked, inputs) {
        const agrees = rule.decider.decide(request, profile, view.of(picked, inputs));
        return answers.boolean(agrees, "decide");
      },
    },
    profileHandler: {
      next(done, inputs) {
        const picked = view.of(rowsOf(done), inputs);
        return answers.steps(rule.profileHandler.next(request, done, picked), "next");
      },
      decide(done, inputs) {
        const picked = view.of(rowsOf(done), inputs);
        return answers.decision(rule.profileHandler.decide(request, done, picked));
      },
    },
    scraper: {
      plan() {
        return answers.fetches(rule.scraper.plan(), "plan");
      },
      parse(fetch, row, status, elapsedMs, body) {
        const answer = new Answer(fetch, row, status, elapsedMs, body);
        return answers.samples(rule.scraper.parse(answer), "parse");
      },
    },
    hooks: {
      picked(decision, inputs) {
        const rows = decision.targets.map(({ row }) => row);
        const headers = rule.hooks.picked?.(request, decision, view.of(rows, inputs));
        return answers.headers(headers, "picked");
      },
      responseStarted(status) {
        return answers.headers(rule.hooks.responseStarted?.(request, status), "responseStarted");
      },
      responseEnded(ended) {
        rule.hooks.responseEnded?.(request, ended);
      },
    },
  };

  const interfaces = Object.entries(methods);
  return Object.fromEntries(interfaces.map(([name, its]) => [name, guarded(its)]));
}

/** Stands for the stages until there are some. */
const NOT_CONFIGURED = new Proxy(
  {},
  {
    get() {
      throw Fault.cannotAnswer("the plugin was not configured");
    },
  },
);

/** Whether `create` made what the component is. */
function checkStages(made, stages) {
  const found = STAGES.filter((stage) => made?.[stage] !== undefined);
  const expected = stages === undefined ? found : STAGES.filter((stage) => stages.includes(stage));
  if (found.length === 0 || found.join() !== expected.join()) {
    throw new TypeError(
      `\`create\` made ${found.join(", ") || "no stage"}, expected ${expected.join(", ") || "one"}: ` +
        "name the same stages there and in `stages` of plugin.toml",
    );
  }
}

/** The methods, with what they throw made ready for the host. */
function guarded(methods) {
  const guards = Object.entries(methods).map(([name, method]) => [
    name,
    // The most that any of them is given. A rest parameter would make a list of each call's.
    (a, b, c, d, e) => {
      try {
        return method(a, b, c, d, e);
      } catch (thrown) {
        throw forHost(thrown, name);
      }
    },
  ]);
  return Object.fromEntries(guards);
}

/**
 * A fault is an answer, and so are diagnostics of settings. Anything else is a mistake in the plugin, and
 * ends the instance: who knows what it left half done, and the host counts it as the crash it is. Its
 * message goes to the log first.
 */
function forHost(thrown, method) {
  if (method === "configure") {
    if (thrown instanceof Diagnostics) {
      return thrown.list;
    }
    if (thrown instanceof Fault) {
      return Diagnostics.one("", thrown.message).list;
    }
  } else if (thrown instanceof Fault) {
    return thrown;
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  log.error(`${method}: ${error}\n${error.stack}`);
  return error;
}
