// Runs the page's asker (finder.js) for tests/unit/test_finder.py: time stands still and moves when it is told to. One
// JSON list of orders in; out come the addresses that were asked for and the last state.
import { readFileSync } from "node:fs";

const world = { now: 0, timers: new Map(), number: 0, asked: [], open: [] };
globalThis.setTimeout = (run, ms) => {
  world.timers.set(++world.number, { run, at: world.now + ms });
  return world.number;
};
globalThis.clearTimeout = (id) => world.timers.delete(id);

const { Finder, address, span } = await import("../../assets/hearth/finder.js");
let state = { state: "idle", found: null };
const finder = new Finder({
  tell: (next) => (state = typeof next === "function" ? next(state) : next),
  fetch: (path, signal) => {
    world.asked.push(path);
    return new Promise((resolve, reject) => {
      const one = { path, resolve, reject, gone: false };
      signal.addEventListener("abort", () => (one.gone = true));
      world.open.push(one);
    });
  },
});

const settle = async () => { for (let turn = 0; turn < 10; turn++) await Promise.resolve(); };
const orders = {
  want: (path, pause) => finder.want(path, pause),
  wait: (ms) => {
    world.now += ms;
    for (const [id, timer] of [...world.timers]) if (timer.at <= world.now) { world.timers.delete(id); timer.run(); }
  },
  answer: (path, said) => world.open.find((one) => one.path === path).resolve({ ok: true, said }),
  refuse: (path) => world.open.find((one) => one.path === path).resolve({ ok: false, said: { detail: "no" } }),
  cut: (path) => world.open.find((one) => one.path === path).reject(new Error("cut")),
  more: (path, found) => finder.look(path, found),
  end: () => finder.end(),
};

const { steps, addresses = [], spans = [] } = JSON.parse(readFileSync(0, "utf8"));
for (const [name, ...given] of steps) {
  orders[name](...given);
  await settle();
}
const out = {
  asked: world.asked, gone: world.open.filter((one) => one.gone).map((one) => one.path), state,
  addresses: addresses.map(address), spans: spans.map(([period, first, last, now]) => span(period, first, last, new Date(now))),
};
process.stdout.write(JSON.stringify(out));
