// What the reader alone has marked of the open room's messages: fetched once a room, then heard as news, also from another
// tab. Knows no React state of anybody else.
import { useSyncExternalStore } from "react";
import { onNews } from "$/public/hearth/signals";

// `path`: where the room tells them; `read(said)`: [[key, value], …] of its answer; `news`: the kind of news that tells of
// one more; `told(...payload)`: [key, value] of it, with a value of nothing for one that is taken back.
export function roomMarks({ path, read, news, told }) {
  const listeners = new Set();
  let marks = new Map();
  let open = "";

  const tell = () => listeners.forEach((listener) => listener());
  const of = (key) => marks.get(key);

  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  async function openIn(room) {
    if (room === open) return;
    [open, marks] = [room, new Map()];
    tell();
    try {
      const answer = await fetch(`/api/rooms/${room}/${path}`, { headers: { "X-Hearth": "1" } });
      const found = answer.ok ? read(await answer.json()) : [];
      if (room === open) marks = new Map([...found, ...marks]); // what was heard meanwhile is newer
    } catch {
      open = ""; // offline: asked again when the room is next looked at
    }
    tell();
  }

  if (typeof window !== "undefined") {
    onNews(news, (...payload) => {
      const [key, value] = told(...payload);
      marks = new Map(marks);
      if (value) marks.set(key, value);
      else marks.delete(key);
      tell();
    });
  }
  return { openIn, of, useMark: (key) => useSyncExternalStore(subscribe, () => of(key), () => undefined) };
}
