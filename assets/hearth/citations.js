// What answers point at, as the house says it: asked once for each version of an answer that cites, by whoever draws it.
// Knows no page.
import { useEffect, useSyncExternalStore } from "react";
import { choose } from "./choices.js";
import { ask } from "./rest.js";
import { onNews, onSignal } from "./signals.js";

const MOST = 300; // answers; who scrolls on asks again
const ASKED_ANEW = 20; // of those that cite what was removed; the others just cite it no more
const NONE = { state: "loading", list: [] };
const known = new Map(); // message -> {room, key, state, list}
const listeners = new Set();

function put(message, held) {
  known.delete(message);
  known.set(message, held);
  if (known.size > MOST) known.delete(known.keys().next().value);
  listeners.forEach((listener) => listener());
}

async function load(room, message, key) {
  const before = known.get(message);
  const shown = before?.key === key && before.state === "here" ? before : null;
  if (!shown) put(message, { room, key, state: "loading", list: before?.key === key ? before.list : [] });
  const { ok, said } = await ask(`/api/rooms/${room}/messages/${message}/citations`, "GET").catch(() => ({ ok: false, said: {} }));
  const now = known.get(message);
  if (now?.key !== key) return;
  if (ok) put(message, { room, key, state: "here", list: Array.isArray(said) ? said : said.citations });
  else if (said.status === 404) put(message, { room, key, state: "failed", list: [] });
  else if (!shown) put(message, { ...now, state: "failed" }); // what was shown stays true until the house says otherwise
}

// The house tells: [id, status, …]. What left its library may lie where the reader sees it still.
function hear(id, status) {
  if (status !== "removed") return;
  const citing = [...known].reverse().filter(([, { list }]) => list.some(({ document }) => document === id));
  citing.forEach(([message, held], at) => {
    if (at < ASKED_ANEW) load(held.room, message, held.key);
    else put(message, { ...held, list: held.list.filter(({ document }) => document !== id) });
  });
}

onNews("document", hear);
onSignal("document", hear);

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// What is known of an answer's sources; asks nothing.
export const useCited = (message) => useSyncExternalStore(subscribe, () => known.get(message) ?? NONE, () => NONE);

// The same, asked for. `key` tells one version of the answer from another.
export function useCitations(room, message, key) {
  useEffect(() => {
    if (room && message && known.get(message)?.key !== key) load(room, message, key);
  }, [room, message, key]);
  return useCited(message);
}

// How many places an answer points at: as the house said it last, until then as its row in the talk says it.
export const countOf = ({ state, list }, told) => (state === "here" ? list.length : told);

// They may have gone since: whoever looks at them looks anew.
export const lookAgain = (room, message) => load(room, message, known.get(message)?.key ?? "");

export const showSource = (message, number) => choose("cite", `${message} ${number}`);
export const showReceipt = (id) => choose("receipt", id);

// A picture's address, small: one of a document is drawn as wide as it is asked for, one that was sent has a small one.
export const smallOf = (address) => (address.startsWith("/api/documents/") ? `${address}?width=240` : `${address}/thumb`);

export function labelOf({ number, name, page }, words) {
  const sentence = name ? (page ? words.source_page : words.source_named) : words.source;
  return sentence.replace("{number}", number).replace("{page}", page).replace("{name}", () => name);
}
