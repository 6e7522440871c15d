// Runs assets/hearth/store.js for tests/unit/test_store.py and test_store_window.py, in a browser that stands still: time, timers, network and
// storage are here, and move when they are told to. One JSON list of orders a line in, one JSON list of answers a line
// out. Tabs share the storage; each has a store of its own.
import { registerHooks } from "node:module";
import { createInterface } from "node:readline";

const REMEND = "data:text/javascript,export default (text) => text";
registerHooks({
  resolve: (name, context, next) => (name === "remend" ? { url: REMEND, shortCircuit: true } : next(name, context)),
});

const RealDate = Date;
const world = {};
function begin() {
  Object.assign(world, { now: 1_800_000_000_000, timers: [], tabs: {}, sent: [], asked: [], stored: new Map(), marks: new Map() });
  navigatorNow.onLine = true;
}
const navigatorNow = { onLine: true };
const seam = {
  navigator: navigatorNow,
  document: { documentElement: { lang: "en" } },
  location: { assign: (path) => world.sent.push({ tab: "", id: "location", text: path }) },
  localStorage: {
    getItem: (key) => world.stored.get(key) ?? null,
    setItem: (key, value) => world.stored.set(key, String(value)),
    removeItem: (key) => world.stored.delete(key),
  },
  sessionStorage: {
    getItem: (key) => world.marks.get(key) ?? null,
    setItem: (key, value) => world.marks.set(key, String(value)),
    removeItem: (key) => world.marks.delete(key),
  },
  setTimeout: (run, after) => world.timers.push({ at: world.now + after, run }),
  fetch: (url) => new Promise((resolve, reject) => world.asked.push({ url, resolve, reject })),
  Date: class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [world.now]));
    }
    static now() {
      return world.now;
    }
  },
};
for (const [name, value] of Object.entries(seam)) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
const { RoomStore } = await import(process.argv[2]);
const refuse = () => {
  throw new DOMException("not here", "SecurityError");
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

const orders = {
  begin,
  open(tab, me, link = "") {
    const transmit = (id, text, { reply, files }) => world.sent.push({ tab, id, text, reply, files });
    if (world.tabs[tab]) world.timers = []; // a page that is loaded anew: of the one before nothing goes on
    world.tabs[tab] = new RoomStore({ room: "room", me, transmit, link });
  },
  tell(tab, name, ...given) {
    world.tabs[tab][name](...given);
  },
  day(tab, iso) {
    world.tabs[tab].jumpToDate(new RealDate(iso));
  },
  online(whether) {
    navigatorNow.onLine = whether;
  },
  // Storage that may not be used, as in some browsers' private windows.
  forbid() {
    world.stored = { get: refuse, set: refuse, delete: refuse };
  },
  sent() {
    return world.sent.splice(0);
  },
  asked() {
    return world.asked.map(({ url }) => url);
  },
  // status 0: the network failed
  answer(nth, status, body) {
    const [{ resolve, reject }] = world.asked.splice(nth, 1);
    if (!status) reject(new TypeError("no network"));
    else resolve({ status, ok: status < 300, json: async () => body });
  },
  async pass(ms) {
    const end = world.now + ms;
    for (;;) {
      const due = world.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      world.timers = world.timers.filter((timer) => timer !== due);
      world.now = Math.max(world.now, due.at);
      due.run();
      await settled();
    }
    world.now = end;
  },
  view(tab) {
    const store = world.tabs[tab];
    const { items, ...shown } = store.view;
    return {
      ...shown, rev: store.fold.rev, oldest: store.span.oldest === Infinity ? null : store.span.oldest,
      rows: store.seqs().map((seq) => store.fold.rows.get(seq)), held: store.fold.rows.size,
      items: items.map(({ key, seq, pieces, pending, error, own }) => ({ key, seq, text: pieces.join(""), pending, error, own })),
      outbox: store.outbox.items.map(({ id, text, state, reply, files }) => ({ id, text, state, reply, files })), drawn: store.drawing.drawn.size,
    };
  },
  stored() {
    return [...world.stored.values()].flatMap((value) => JSON.parse(value)).map(({ id, text }) => ({ id, text }));
  },
  // Whether drawing again makes no new objects: React draws only what is another object.
  same(tab) {
    const store = world.tabs[tab];
    const before = store.view.items;
    store.changed();
    return before.length === store.view.items.length && before.every((item, at) => item === store.view.items[at]);
  },
  // Whether something can be asked about each answer.
  finished(tab) {
    return world.tabs[tab].view.items.map((item) => item.finished);
  },
  // How many items are other objects after this, and how many rows were looked at for it.
  redrawn(tab, name, ...given) {
    const store = world.tabs[tab];
    const before = new Set(store.view.items);
    let looks = 0;
    const drawing = store.drawing.item.bind(store.drawing);
    store.drawing.item = (...row) => ((looks += 1), drawing(...row));
    store[name](...given);
    delete store.drawing.item;
    return { changed: store.view.items.filter((item) => !before.has(item)).length, looks };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const answers = [];
  for (const [name, ...given] of JSON.parse(line)) {
    answers.push((await orders[name](...given)) ?? null);
    await settled();
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
