// What this page tells of its reader, seldom enough to cost nothing: that they write ("hearth:typing" {empty} of the
// box), how far they have read ("hearth:seen" {seq} of the talk, when it is before their eyes).
import { call, onEnter, openRoom } from "./signals.js";
import { readHere } from "./news.js";

const TYPING_MS = 3_000;
const SEEN_MS = 1_000;
const wrote = { room: "", at: 0 };
const told = new Map(); // room -> seq that the house knows of
const seen = new Map(); // room -> seq that the reader has come to
let timer = null;
let last = 0;

function typing({ detail }) {
  const room = openRoom();
  if (!room || detail?.empty) {
    wrote.at = 0; // an empty box: the next letter begins anew
    return;
  }
  if (wrote.room === room.id && Date.now() - wrote.at < TYPING_MS) return;
  if (call("typing", { room: room.id })) Object.assign(wrote, { room: room.id, at: Date.now() });
}

function sawUpTo({ detail }) {
  const room = openRoom();
  const seq = detail?.seq;
  if (!room || !(seq > (seen.get(room.id) ?? 0)) || document.visibilityState !== "visible") return;
  seen.set(room.id, seq);
  readHere(room.id, seq);
  timer ??= setTimeout(tellSeen, Math.max(0, last + SEEN_MS - Date.now()));
}

function tellSeen() {
  timer = null;
  for (const [room, seq] of seen) {
    if (seq <= (told.get(room) ?? 0) || !call("read", { room, seq })) continue;
    told.set(room, seq);
    last = Date.now();
  }
}

// What was not heard while the line was down is told again.
onEnter(({ room, read }) => {
  told.set(room, read);
  timer ??= setTimeout(tellSeen, SEEN_MS);
});

let listens = false;

export function beginTelling() {
  if (listens) return;
  listens = true;
  window.addEventListener("hearth:typing", typing);
  window.addEventListener("hearth:seen", sawUpTo);
}
