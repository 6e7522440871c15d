// Listens for what was told of rooms, and draws nothing: the open room itself changed, or something was said in a room
// that the lists do not know yet.
import { useEffect, useRef } from "react";
import { onNews, onSignal } from "./signals.js";

const GATHER_MS = 150; // several changes in a breath are one look
const SPREAD_MS = 600; // all pages of a room are told in the same moment

export function RoomSignal({ known, onRoom, onRooms }) {
  const now = useRef({});
  now.current = { known, onRoom, onRooms };

  useEffect(() => {
    let timer = null;
    const soon = (name) => {
      clearTimeout(timer);
      timer = setTimeout(() => now.current[name]?.(), GATHER_MS + SPREAD_MS * Math.random());
    };
    const ends = [
      onSignal("room", () => soon("onRoom")),
      onNews("unread", (room) => now.current.known.includes(room) || soon("onRooms")),
    ];
    return () => {
      clearTimeout(timer);
      ends.forEach((end) => end?.());
    };
  }, []);
  return null;
}
