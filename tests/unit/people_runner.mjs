// Runs what the page knows of people and news (signals.js and those who listen to it) for tests/unit/test_people.py, in a
// browser that stands still: Reflex's store, the clock, the timers and the address are here, and move when they are told
// to. One JSON list of orders in, one JSON list of answers out.
import { registerHooks } from "node:module";
import { readFileSync } from "node:fs";

const inline = (code) => ({ url: `data:text/javascript,${encodeURIComponent(code)}`, shortCircuit: true });
const STANDS = {
  react: "export const useSyncExternalStore = (subscribe, get) => get();",
  "$/utils/context-registry": "export const eventLoop = globalThis.eventLoop;",
  "$/utils/state": "export const ReflexEvent = (name, payload) => ({ name, payload });",
};
registerHooks({
  resolve: (name, context, next) => {
    if (STANDS[name]) return inline(STANDS[name]);
    return next(name.startsWith("./") && !name.endsWith(".js") ? `${name}.js` : name, context);
  },
});

const world = { now: 1_800_000_000_000, timers: [], calls: [], vars: {}, listeners: {}, minutes: 720 };
const ears = {};
globalThis.eventLoop = { connectErrors: [], addEvents: (events) => world.calls.push(...events.map((e) => [e.name, e.payload])) };
globalThis.window = {
  addEventListener: (name, fn) => (ears[name] ??= []).push(fn),
  dispatchEvent: (event) => ears[event.type]?.forEach((fn) => fn(event)),
};
globalThis.CustomEvent = class {
  constructor(type, { detail }) {
    Object.assign(this, { type, detail });
  }
};
globalThis.document = { hidden: false, visibilityState: "visible", documentElement: { lang: "ko", dataset: {} }, cookie: "" };
globalThis.location = { pathname: "/" };
globalThis.localStorage = { getItem: () => null, setItem: () => undefined };
globalThis.setTimeout = (run, after = 0) => {
  const timer = { at: world.now + after, run };
  world.timers.push(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  world.timers = world.timers.filter((one) => one !== timer);
};
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [world.now]));
  }
  getHours() {
    return Math.floor(world.minutes / 60);
  }
  getMinutes() {
    return world.minutes % 60;
  }
  static now() {
    return world.now;
  }
};
globalThis.fetch = async () => ({ ok: true, json: async () => world.people });

const { attach } = await import("../../assets/hearth/signals.js");
const people = await import("../../assets/hearth/people.js");
const news = await import("../../assets/hearth/news.js");
const { beginTelling } = await import("../../assets/hearth/telling.js");
const { takePreferences } = await import("../../assets/hearth/prefs.js");

const names = Object.fromEntries(["room", "presence", "unread", "changes", "signal", "news"].map((name) => [name, name]));
attach(
  {
    getSnapshot: (name) => world.vars[name],
    subscribe: (name, fn) => (world.listeners[name] ??= []).push(fn),
  },
  names,
);
beginTelling();

const ORDERS = {
  delta: (name, vars) => {
    world.vars[name] = { ...world.vars[name], ...Object.fromEntries(Object.entries(vars).map(([key, value]) => [`${key}_rx_state_`, value])) };
    world.listeners[name]?.forEach((fn) => fn());
  },
  go: (path) => (location.pathname = path),
  hide: (hidden) => Object.assign(document, { hidden, visibilityState: hidden ? "hidden" : "visible" }),
  line: (open) => (eventLoop.connectErrors = open ? [] : ["down"]),
  dispatch: (type, detail) => window.dispatchEvent(new CustomEvent(type, { detail })),
  prefer: (told) => takePreferences(told),
  minutes: (minutes) => (world.minutes = minutes),
  directory: (told) => (world.people = told),
  pass: async (ms) => {
    world.now += ms;
    for (let due; (due = world.timers.find((timer) => timer.at <= world.now)); ) {
      clearTimeout(due);
      due.run();
      await Promise.resolve();
    }
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  },
};
const LOOKS = {
  people: () => people.usePeople(),
  typing: () => people.useTyping(),
  here_in: (room) => people.useHereIn(room) ?? null,
  unread_by: (seq) => people.useUnreadBy(seq),
  unread: (room) => news.useUnread(room),
  in_talks: (room) => news.useUnreadTalks(room),
  title: () => news.useTitleCount(),
  toasts: () => news.useToasts(),
  calls: () => world.calls.splice(0),
};

const answers = [];
for (const [what, ...given] of JSON.parse(readFileSync(0, "utf8"))) {
  if (LOOKS[what]) answers.push(structuredClone(LOOKS[what](...given)));
  else await ORDERS[what](...given);
}
console.log(JSON.stringify(answers));
