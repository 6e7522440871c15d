// Keeps what is shown of a document true while it is open: looks again when the house tells that it was removed or read
// anew, when the window comes back to the front, and now and then, for a page hears of the room alone that it shows.
import { useEffect, useRef } from "react";
import { onNews, onSignal } from "./signals.js";

const LOOK_MS = 15_000;
const ENDS = ["removed", "ready", "failed"];

// `isMeant(id)`: whether that document is shown; `look()` asks the house.
export function useLookedAfter(isMeant, look) {
  const now = useRef(null);
  now.current = { isMeant, look };
  useEffect(() => {
    const again = () => document.hidden || now.current.look();
    const hear = (id, status) => ENDS.includes(status) && now.current.isMeant(id) && now.current.look();
    const ends = [onNews("document", hear), onSignal("document", hear)];
    const timer = setInterval(again, LOOK_MS);
    addEventListener("focus", again);
    return () => {
      ends.forEach((end) => end());
      clearInterval(timer);
      removeEventListener("focus", again);
    };
  }, []);
}
