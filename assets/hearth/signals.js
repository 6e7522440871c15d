// What passes through the house and is kept nowhere: signals of the open room, news for its reader. Takes the frames
// from Reflex's own store, one by one, before React; others listen here by kind. Knows no page.
import { eventLoop } from "$/utils/context-registry";
import { ReflexEvent } from "$/utils/state";

const MOST_EARLY = 200;
const bare = (id) => id.toLowerCase().replace(/[^0-9a-f]/g, "").slice(-32); // as in feed.js
const attached = new WeakSet();
const LOBBY = "lobby"; // tag of signals for those who look at the list of rooms
const ears = { signal: new Map(), lobby: new Map(), news: new Map(), enter: new Map(), change: new Map(), counts: new Map() };
let names = null;
let room = null; // {id, tag, me, seen} of the newest snapshot
let early = []; // frames that came before their room's snapshot

function on(what, kind, fn) {
  const set = ears[what].get(kind) ?? new Set();
  ears[what].set(kind, set.add(fn));
  return () => set.delete(fn);
}

const tell = (what, kind, ...values) => ears[what].get(kind)?.forEach((fn) => fn(...values));

// `fn(...payload)`, for the open room; kinds: here, home, typing, read, room.
export const onSignal = (kind, fn) => on("signal", kind, fn);
// `fn(...payload)`, on the list of rooms; kinds: here.
export const onLobby = (kind, fn) => on("lobby", kind, fn);
// `fn(...payload)`, wherever the reader is; kinds: unread, read, star.
export const onNews = (kind, fn) => on("news", kind, fn);
// `fn(snapshot)`, each time the tab has come into a room.
export const onEnter = (fn) => on("enter", "", fn);
// `fn(rows)`, for each change of the open room's talk.
export const onChange = (fn) => on("change", "", fn);
// `fn(rooms)`, when the house has counted what is unread: [[room, unread, mentions, upto, loud], …].
export const onCounts = (fn) => on("counts", "", fn);

// The room of the page's address, {id, tag, me}; null elsewhere, also while the next room loads.
export function openRoom() {
  const last = location.pathname.startsWith("/room/") ? location.pathname.split("/").filter(Boolean).at(-1) : "";
  return room && bare(room.id) === bare(last) ? room : null;
}

// Calls a handler of PresenceState; false while the line is down, when Reflex would only heap it up.
export function call(handler, payload) {
  if (!names || eventLoop.connectErrors.length > 0) return false;
  eventLoop.addEvents([ReflexEvent(`${names.presence}.${handler}`, payload)], [], {});
  return true;
}

function take({ tag, kind, values }) {
  if (tag === LOBBY) tell("lobby", kind, ...values);
  else if (room?.tag !== tag) early = [...early.slice(1 - MOST_EARLY), { tag, kind, values }];
  else if (kind === "change") tell("change", "", values);
  else tell("signal", kind, ...values);
}

function enter(snapshot) {
  if (!snapshot?.n || room?.seen === snapshot.n) return;
  room = { id: snapshot.room, tag: snapshot.tag, me: snapshot.me, seen: snapshot.n };
  tell("enter", "", snapshot);
  const waiting = early.filter((frame) => frame.tag === room.tag);
  early = [];
  waiting.forEach(take);
}

export function attach(state, given) {
  names = given;
  if (attached.has(state)) return;
  attached.add(state);
  const read = (name, field) => state.getSnapshot(name)?.[`${field}_rx_state_`];
  state.subscribe(names.room, () => enter(read(names.room, "snapshot")));
  state.subscribe(names.signal, () => {
    const [tag, kind, ...values] = read(names.signal, "s") ?? [];
    if (tag) take({ tag, kind, values: values.slice(0, -1) }); // the last one only tells one frame from the next
  });
  state.subscribe(names.news, () => {
    const [kind, ...values] = read(names.news, "news") ?? [];
    if (kind) tell("news", kind, ...values.slice(0, -1));
  });
  state.subscribe(names.changes, () => {
    const [tag, , rows] = read(names.changes, "frame") ?? [];
    if (tag && rows) take({ tag, kind: "change", values: rows });
  });
  const counted = () => {
    const counts = read(names.unread, "counts");
    if (counts?.n) tell("counts", "", counts.rooms);
  };
  state.subscribe(names.unread, counted);
  enter(read(names.room, "snapshot"));
  counted();
}
