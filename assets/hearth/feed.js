// Connects Reflex's state to the room's store. Reflex's own client keeps every substate in a store that tells its
// listeners of each delta, one by one; React may skip states that come quickly, so frames are taken here, before React.
import { useContext, useEffect, useState, useSyncExternalStore } from "react";
import { useLocation } from "react-router";
import { EventLoopContext, StateStoreContext, eventLoop } from "$/utils/context-registry";
import { ReflexEvent } from "$/utils/state";
import { SILENCE } from "./heard.js";
import { setVoices } from "./items.js";
import { RoomStore } from "./store.js";

const NOTHING = {
  away: true, items: [], epoch: 0, target: null, hasOlder: false, hasNewer: false, loadingOlder: false, jumping: false,
  unseen: 0, unread: 0, empty: false, thinking: false, announced: SILENCE,
};
const bare = (id) => id.toLowerCase().replace(/[^0-9a-f]/g, "").slice(-32); // a room's address may be written in other ways
const attached = new WeakSet();
const listeners = new Set();
let current = null; // the room that is open in this tab
let early = []; // frames that came before their room's snapshot
let names = null;
let seen = "";
let followed = ""; // the linked message that was gone to

function enter(snapshot) {
  if (!snapshot?.n || (current?.tag === snapshot.tag && seen === snapshot.n)) return;
  seen = snapshot.n;
  if (current?.tag !== snapshot.tag || current?.store.me !== snapshot.me) {
    // While the line is down Reflex would heap up what is sent; the next snapshot sends it instead, once.
    const transmit = (client_msg_id, text, { reply, files, config }) =>
      eventLoop.connectErrors.length === 0 &&
      eventLoop.addEvents([ReflexEvent(names.send, said(snapshot.room, client_msg_id, text, reply, files, config))], [], {});
    const store = new RoomStore({ room: snapshot.room, me: snapshot.me, transmit, link: linked() });
    followed = linked();
    current = { tag: snapshot.tag, store };
    store.subscribe(() => listeners.forEach((listener) => listener()));
  }
  current.store.snapshot(snapshot);
  const waiting = early.filter((frame) => frame.tag === current.tag);
  early = [];
  waiting.forEach(take);
  listeners.forEach((listener) => listener());
}

const said = (room, client_msg_id, text, reply, files, config) => ({
  room, client_msg_id, text,
  ...(reply ? { reply_to: reply.id } : {}),
  ...(files?.length ? { files: files.map((file) => file.id) } : {}),
  ...(config ? { config } : {}),
});

// The message that the address asks for: /room/<id>?m=<message id>.
const linked = () => new URLSearchParams(location.search).get("m") ?? "";

// A link to another message of the room that is open already.
function follow() {
  const id = linked();
  if (id === followed) return;
  followed = id;
  if (id) roomStore()?.jumpToMessage(id);
}

function take(frame) {
  if (current?.tag !== frame.tag) {
    early = [...early.slice(-200), frame];
  } else if (frame.kind === "change") {
    current.store.change(frame.rev, frame.rows);
    // Which model speaks may have changed: the house says so in a line, and an answer that begins shows it at the latest.
    if (frame.rows.some((row) => (row.kind === "notice" && !row.is_ai) || (row.is_ai && row.status === "sending")))
      eventLoop.addEvents([ReflexEvent(names.model, { room: current.store.room })], [], {});
  } else if (frame.kind === "stands") {
    current.store.stands(frame.rev);
  } else if (frame.kind === "place") {
    current.store.place(frame.seq, frame.position, frame.seconds);
  } else {
    current.store.words(frame.seq, frame.offset, frame.text);
  }
}

function attach(state, given) {
  names = given;
  if (attached.has(state)) return;
  attached.add(state);
  const read = (name, field) => state.getSnapshot(name)?.[`${field}_rx_state_`];
  const look = () => {
    setVoices((read(names.room, "ais") ?? []).flatMap((ai) => [ai.name_ko, ai.name_en])); // who sits down listens from then on
    enter(read(names.room, "snapshot"));
  };
  state.subscribe(names.room, look);
  state.subscribe(names.changes, () => {
    const [tag, rev, rows] = read(names.changes, "frame") ?? [];
    if (tag) take({ kind: rows ? "change" : "stands", tag, rev, rows });
  });
  state.subscribe(names.words, () => {
    const [tag, seq, offset, text] = read(names.words, "w") ?? [];
    if (tag) take({ kind: "words", tag, seq, offset, text });
  });
  state.subscribe(names.place, () => {
    const [tag, seq, position, seconds] = read(names.place, "p") ?? [];
    if (tag) take({ kind: "place", tag, seq, position, seconds });
  });
  state.subscribe(names.composer, () => {
    const refused = read(names.composer, "refused");
    if (refused?.id) current?.store.refuse(refused);
    const kept = read(names.composer, "kept");
    if (kept) current?.store.kept(kept);
  });
  window.addEventListener("online", () => current?.store.repair());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") current?.store.repair();
  });
  look();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// A tab still holds the room it was in before while the next one loads: nothing of it is drawn, or said there.
export const roomStore = () =>
  current && bare(current.store.room) === bare(location.pathname.split("/").filter(Boolean).at(-1) ?? "") ? current.store : null;

// Whether the room of the address is the one that this tab holds.
export const useIsOpen = () => useSyncExternalStore(subscribe, () => Boolean(roomStore()), () => false);

// The open room as the page draws it: {items, hasOlder, loadingOlder, empty, announced}.
export function useRoom(given) {
  const state = useContext(StateStoreContext);
  const { search } = useLocation(); // the address is looked at again when it changes
  useEffect(() => attach(state, given), [state]);
  useEffect(follow, [search]);
  return useSyncExternalStore(subscribe, () => roomStore()?.view ?? NOTHING, () => NOTHING);
}

// The id of the newest row of the room, where that is an answer that came to its end; else "".
function newestAnswer() {
  const shown = roomStore()?.view;
  const last = shown && !shown.hasNewer ? shown.items.at(-1) : null;
  return last?.finished && last.status === "complete" ? last.id : "";
}

export const useNewestAnswer = () => useSyncExternalStore(subscribe, newestAnswer, () => "");

// Whether the line to the house is open: false after a failed attempt to connect, or when the device is offline.
export function useLine() {
  const [, errors] = useContext(EventLoopContext);
  const [online, setOnline] = useState(true);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    look();
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return online && errors.length === 0;
}
