// News of the reader's other rooms: what is unread there (counts.js), and the notes that come up when somebody calls
// them. Knows no page.
import { useSyncExternalStore } from "react";
import { Counts } from "./counts.js";
import { isQuiet, preferences } from "./prefs.js";
import { onChange, onCounts, onEnter, onNews, openRoom } from "./signals.js";

const MOST_TOASTS = 3;
const SEEN_MS = 1_500; // a message in the open room is read in a moment, or it is unread
const NONE = [];
const listeners = new Set();
const counts = new Counts();
let toasts = NONE;
let number = 0;

const draw = () => listeners.forEach((listener) => listener());

function show(next) {
  toasts = next.slice(-MOST_TOASTS);
  draw();
}

// The reader has seen `room` up to `seq`, here or in another tab of theirs.
export function readHere(room, seq) {
  if (counts.readTo(room, seq)) show(toasts.filter((toast) => toast.room !== room || toast.seq > seq));
}

function mayRise() {
  const now = new Date();
  return !isQuiet(preferences(), now.getHours() * 60 + now.getMinutes());
}

onCounts((rooms) => {
  counts.count(rooms);
  draw();
});

onNews("read", readHere);

onNews("unread", (room, seq, called, ko, en, who, text, whoEn, message, parent) => {
  counts.belongs(room, parent);
  if (openRoom()?.id === room || !counts.said(room, seq, called)) return;
  const toast = { id: ++number, room, seq, message, ko, en, who, who_en: whoEn, text };
  show(called && mayRise() ? [...toasts.filter((one) => one.room !== room), toast] : toasts); // one a room: its newest word
});

// The open room tells of itself: what comes while the reader is away from it, or further up, is unread too.
onChange((rows) => {
  const room = openRoom();
  if (!room) return;
  for (const row of rows) {
    if (row.kind !== "talk" || row.status !== "complete" || row.author === room.me || row.deleted) continue;
    const note = () => counts.said(room.id, row.seq, row.mentions?.includes(room.me)) && draw();
    if (document.hidden) note();
    else setTimeout(note, SEEN_MS);
  }
});

onEnter(({ room, read, parent }) => {
  counts.belongs(room, parent);
  counts.readTo(room, read);
  show(toasts.filter((toast) => toast.room !== room));
});

export function dropToast(id) {
  show(toasts.filter((toast) => toast.id !== id));
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// {unread, mentions} of a room.
export const useUnread = (room) => useSyncExternalStore(subscribe, () => counts.of(room), () => counts.of(""));
// How much is unread in the talks with an AI of a room.
export const useUnreadTalks = (room) => useSyncExternalStore(subscribe, () => counts.inTalksOf(room), () => 0);
export const useToasts = () => useSyncExternalStore(subscribe, () => toasts, () => NONE);
// What stands before the title of the page: "(3) ", or nothing.
export const useTitleCount = () =>
  useSyncExternalStore(subscribe, () => (counts.total ? `(${counts.total > 99 ? "99+" : counts.total}) ` : ""), () => "");
