// What the AIs of the open room hear, asked of the house: once when it is wanted, then some seconds after the talk has
// changed, never while an answer grows or nobody looks. Holds the newest answer alone.
import { useEffect, useState } from "react";
import { ask } from "./rest.js";
import { onChange, onSignal } from "./signals.js";

const LEAST_MS = 6000; // from one question to the next
const SPREAD_MS = 2000; // all pages of a room hear of a change in the same moment
const OPEN = ["sending", "streaming"];
const NOTHING = { room: "", sights: null, problem: "" };

export function useSights(room, wanted, words) {
  const [held, setHeld] = useState(NOTHING);

  useEffect(() => {
    if (!room || !wanted) return;
    const control = new AbortController();
    let timer = null;
    let asked = 0;
    let missed = false;

    async function look() {
      timer = null;
      missed = document.hidden;
      if (missed) return;
      asked = Date.now();
      const found = await ask(`/api/rooms/${room}/sight`, "GET", undefined, control.signal).catch(() => null);
      if (control.signal.aborted) return;
      if (found?.ok) setHeld({ room, sights: found.said.sights, problem: "" });
      else setHeld((now) => ({ ...(now.room === room ? now : NOTHING), room, problem: found?.said.detail || words.offline }));
    }
    function soon() {
      timer ??= setTimeout(look, Math.max(0, asked + LEAST_MS - Date.now()) + SPREAD_MS * Math.random());
    }
    const seen = () => !document.hidden && missed && soon();
    const ends = [onChange((rows) => rows.some((row) => !OPEN.includes(row.status)) && soon()), onSignal("room", soon)];
    document.addEventListener("visibilitychange", seen);
    look();
    return () => {
      control.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      ends.forEach((end) => end());
    };
  }, [room, wanted]);

  return held.room === room ? held : NOTHING;
}

const KEY = "hearth_sight";

// Whether the reader wants to see it all the time: this browser's own word.
export function keptFolded() {
  try {
    return localStorage.getItem(KEY) === "folded";
  } catch {
    return false; // storage is forbidden
  }
}

export function keepFolded(folded) {
  try {
    if (folded) localStorage.setItem(KEY, "folded");
    else localStorage.removeItem(KEY);
  } catch {
    // it lasts as long as the page
  }
}
