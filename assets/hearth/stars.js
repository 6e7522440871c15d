// Which messages of the open room the reader has starred. The list is fetched once a room; what changes afterwards, also
// in another tab, is heard as news. Knows no React state of anybody else.
import { useSyncExternalStore } from "react";
import { onNews } from "$/public/hearth/signals";

const listeners = new Set();
let starred = new Set();
let open = "";

const tell = () => listeners.forEach((listener) => listener());

export async function openStars(room) {
  if (room === open) return;
  [open, starred] = [room, new Set()];
  tell();
  try {
    const answer = await fetch(`/api/rooms/${room}/stars`, { headers: { "X-Hearth": "1" } });
    const found = answer.ok ? (await answer.json()).messages : [];
    if (room === open) starred = new Set([...starred, ...found]);
  } catch {
    open = ""; // offline: asked again when the room is next looked at
  }
  tell();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const isStarred = (id) => starred.has(id);
export const useStarred = (id) => useSyncExternalStore(subscribe, () => starred.has(id), () => false);

if (typeof window !== "undefined") {
  onNews("star", (id, on) => {
    starred = new Set(starred);
    if (on) starred.add(id);
    else starred.delete(id);
    tell();
  });
}
