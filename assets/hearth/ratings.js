// What the reader thinks of answers of the open room, by version: fetched once a room, then heard as news, also from
// another tab. Nobody else is told. Knows no React state of anybody else.
import { useSyncExternalStore } from "react";
import { onNews } from "$/public/hearth/signals";

const listeners = new Set();
const keyOf = (message, version) => `${message}:${version}`;
let values = new Map(); // key -> 1 or -1
let open = "";

const tell = () => listeners.forEach((listener) => listener());

export async function openRatings(room) {
  if (room === open) return;
  [open, values] = [room, new Map()];
  tell();
  try {
    const answer = await fetch(`/api/rooms/${room}/ratings`, { headers: { "X-Hearth": "1" } });
    const found = answer.ok ? (await answer.json()).ratings : [];
    if (room !== open) return;
    const told = found.map(({ message, version, value }) => [keyOf(message, version), value]);
    values = new Map([...told, ...values]);
  } catch {
    open = ""; // offline: asked again when the room is next looked at
  }
  tell();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useRating = (message, version) =>
  useSyncExternalStore(subscribe, () => values.get(keyOf(message, version)) ?? 0, () => 0);

if (typeof window !== "undefined") {
  onNews("rating", (message, version, value) => {
    values = new Map(values);
    if (value) values.set(keyOf(message, version), value);
    else values.delete(keyOf(message, version));
    tell();
  });
}
