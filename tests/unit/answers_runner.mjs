// Runs what the browser knows of answers (answers.js) and of commands (commands.js) for tests/unit/test_answer_tools.py.
// The house, the open room and the page are written down in the orders. One JSON list of orders in, one of answers out.
import { registerHooks } from "node:module";
import { readFileSync } from "node:fs";

const inline = (code) => ({ url: `data:text/javascript,${encodeURIComponent(code)}`, shortCircuit: true });
const STANDS = {
  "./rest.js": "export const ask = (...given) => globalThis.world.ask(...given);",
  "./notes.js": "export const note = (words, more = {}) => { globalThis.world.notes.push([words, more.bad ?? false]); };",
  "./feed.js": "export const roomStore = () => globalThis.world.store;",
  "./choices.js": "export const choose = (name, value) => { globalThis.world.chosen.push([name, value]); };",
};
registerHooks({ resolve: (name, context, next) => (STANDS[name] ? inline(STANDS[name]) : next(name, context)) });

const world = (globalThis.world = {});
function begin({ items = null, lang = "en", house = {} } = {}) {
  Object.assign(world, { asked: [], notes: [], chosen: [], said: [], put: [] });
  world.store = items && { view: { items } };
  document.documentElement.lang = lang;
  // `house`: what it answers to "METHOD path", as {ok, said}; "down" is no line; all else is done.
  world.ask = async (path, method, body) => {
    world.asked.push([method, path, body ?? null]);
    const answer = house[`${method} ${path}`];
    if (answer === "down") throw new TypeError("no network");
    return answer ?? { ok: true, said: {} };
  };
}
globalThis.document = { documentElement: { lang: "en" }, querySelector: () => null };
globalThis.window = { dispatchEvent: (event) => world.put.push([event.type, event.detail.text]) };
globalThis.CustomEvent = class {
  constructor(type, { detail }) {
    Object.assign(this, { type, detail });
  }
};

const base = process.argv[2];
const answers = await import(`${base}/answers.js`);
const { commandOf } = await import(`${base}/commands.js`);
const WORDS = new Proxy({}, { get: (_, name) => (name === "persona_none" ? "no {name}" : `<${String(name)}>`) });

const orders = {
  begin,
  call: (name, ...given) => answers[name](...given),
  async run(name, rest, ais = []) {
    const say = (text) => {
      world.said.push(text);
      return "";
    };
    const wrong = await commandOf(name).run({ rest, room: "room", ais, words: WORDS, say, help() {}, prompts: () => world.chosen.push(["prompts"]) });
    const { asked, notes, chosen, said, put } = world;
    return { wrong: wrong ?? "", asked, notes, chosen, said, put };
  },
  again: () => answers.again("room", "m1", WORDS),
  followUps: (version) => answers.followUps("room", "m1", version),
  asked: () => world.asked,
};

const told = [];
for (const [name, ...given] of JSON.parse(readFileSync(0, "utf-8"))) told.push((await orders[name](...given)) ?? null);
process.stdout.write(JSON.stringify(told));
