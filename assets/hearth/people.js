// The people of the open room in this browser: who sits there, who is here, who writes, how far each has read.
import { useSyncExternalStore } from "react";
import { onChange, onCounts, onEnter, onLobby, onSignal, openRoom } from "./signals.js";

const TYPING_MS = 5_000;
const LOOK_MS = 800; // many pages look again when somebody comes: not all in the same moment, the more the later
const NOBODY = { people: [], typing: [] };
const listeners = new Set();
const writing = new Map(); // person -> timer
const hereIn = new Map(); // room -> names of a few who look at it
let me = "";
let people = new Map(); // id -> {id, name, role, avatar, seen, here, home, typing, read}
let view = NOBODY;
let looking = null;

function draw() {
  const all = [...people.values()];
  const typing = all.filter((one) => one.typing && one.id !== me).map((one) => one.name);
  const same = typing.length === view.typing.length && typing.every((name, at) => name === view.typing[at]);
  view = { people: all, typing: same ? view.typing : typing };
  listeners.forEach((listener) => listener());
}

function change(id, changes, name = "") {
  const known = people.get(id) ?? { id, name, role: "member", avatar: "", seen: "", here: false, home: false, typing: false, read: null };
  if (!known.name && !name) return; // of a large room, and nobody has said who that is
  people.set(id, { ...known, ...changes, name: name || known.name });
}

function stopWriting(id) {
  clearTimeout(writing.get(id));
  writing.delete(id);
  if (people.get(id)?.typing) change(id, { typing: false });
}

onEnter((snapshot) => {
  me = snapshot.me;
  writing.forEach(clearTimeout);
  writing.clear();
  const [here, home] = [new Set(snapshot.here), new Set(snapshot.home)];
  people = new Map(snapshot.people.map((one) => [
    one.id,
    { ...one, here: here.has(one.id) || one.id === me, home: home.has(one.id) || one.id === me, typing: false, read: snapshot.reads[one.id] ?? null },
  ]));
  draw();
});

onSignal("here", (...moved) => {
  for (let at = 0; at < moved.length; at += 3) {
    const [id, name, isHere] = moved.slice(at, at + 3);
    if (!isHere) stopWriting(id);
    if (isHere || id !== me) change(id, isHere ? { here: true, home: true } : { here: false }, name);
  }
  draw();
});

onSignal("home", (...moved) => {
  for (let at = 0; at < moved.length; at += 2) {
    const seen = moved[at + 1] ? {} : { seen: people.get(moved[at])?.seen ? new Date().toISOString() : "" };
    if (people.has(moved[at]) && moved[at] !== me) change(moved[at], { home: Boolean(moved[at + 1]), ...seen });
  }
  draw();
});

onSignal("typing", (id, name) => {
  if (id === me) return;
  stopWriting(id);
  change(id, { typing: true, here: true }, name);
  writing.set(id, setTimeout(() => {
    stopWriting(id);
    draw();
  }, TYPING_MS));
  draw();
});

onSignal("read", (id, seq) => {
  const before = people.get(id)?.read;
  if (people.has(id) && (before === null || seq > before)) {
    change(id, { read: seq });
    draw();
  }
});

// What somebody has said is written no more; whoever says something has read what stood above it.
onChange((rows) => {
  const told = rows.filter((row) => row.kind === "talk" && people.get(row.author)?.typing);
  told.forEach((row) => stopWriting(row.author));
  if (told.length) draw();
});

// Names, roles or people have changed: look again, once, however many changes there were.
onSignal("room", () => {
  looking ??= setTimeout(look, LOOK_MS * Math.random() * Math.max(1, people.size / 20));
});

async function look() {
  looking = null;
  const room = openRoom();
  if (!room) return;
  try {
    const answer = await fetch(`/api/rooms/${room.id}/people`, { headers: { "X-Hearth": "1" } });
    if (answer.ok && openRoom() === room) take(await answer.json());
  } catch {
    // offline: the next snapshot brings them
  }
}

function take(found) {
  const before = people;
  people = new Map();
  for (const { id, name, role, avatar, last_seen: seen } of found.slice(0, 1000)) {
    const known = before.get(id) ?? { here: id === me, home: id === me, typing: false, read: null };
    people.set(id, { ...known, id, name, role, avatar, seen });
  }
  draw();
}

// Those who look at other rooms, as the lobby is told; a list that comes anew knows better.
onLobby("here", (room, ...names) => {
  hereIn.set(room, names);
  draw();
});

onCounts(() => {
  hereIn.clear();
  draw();
});

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const now = (part) => (openRoom() ? view[part] : NOBODY[part]);

export const personName = (id) => people.get(id)?.name ?? "";

// [{id, name, role, avatar, seen, here, home, typing, read}] of the open room; `read` is null where it is not told.
export const usePeople = () => useSyncExternalStore(subscribe, () => now("people"), () => NOBODY.people);
// Names of a few who look at a room in the lobby; undefined while that is as the list said.
export const useHereIn = (room) => useSyncExternalStore(subscribe, () => hereIn.get(room), () => undefined);
// Names of those who write, without the reader's own.
export const useTyping = () => useSyncExternalStore(subscribe, () => now("typing"), () => NOBODY.typing);

// How many others have not read the message `seq`, of those who let it be known.
export function unreadBy(seq) {
  let count = 0;
  for (const { id, read } of people.values()) if (id !== me && read !== null && read < seq) count += 1;
  return count;
}

export const useUnreadBy = (seq) =>
  useSyncExternalStore(subscribe, () => (seq > 0 && openRoom() ? unreadBy(seq) : 0), () => 0);
