// What may be said to the house instead of to the room: "/" and a word, in either language. Each is a short cut for
// something that can be reached with the pointer as well. Knows no box.
import { choose } from "./choices.js";
import { note } from "./notes.js";
import { ask } from "./rest.js";

const MINUTES = { h: 60, 시간: 60, m: 1, 분: 1, d: 1440, 일: 1440 };

// "1h", "30분", "2일", "off", "끄기" -> minutes; null for anything else.
export function minutesOf(text) {
  if (["off", "끄기", "0"].includes(text)) return 0;
  const found = text.match(/^(\d{1,4})\s*(h|m|d|시간|분|일)$/);
  return found ? Number(found[1]) * MINUTES[found[2]] : null;
}

const panel = (tab) => () => choose("panel", tab);

async function quiet({ rest, room, words }) {
  const minutes = minutesOf(rest || "1h");
  if (minutes === null) return words.quiet_how;
  const { ok, said } = await ask(`/api/rooms/${room}/seat`, "PATCH", { quiet_minutes: minutes });
  if (!ok) return said.detail || words.unexpected;
  note(minutes ? words.quiet_done : words.quiet_over);
  return "";
}

function search({ rest }) {
  window.dispatchEvent(new CustomEvent("hearth:search", { detail: { query: rest } }));
}

// `run({rest, room, words})` may answer, also later, with what went wrong in words.
export const COMMANDS = [
  { name: "help", ko: "도움", run: ({ help }) => help() },
  { name: "search", ko: "찾기", run: search },
  { name: "people", ko: "사람", run: panel("people") },
  { name: "invite", ko: "초대", run: () => choose("dialog", "invite") },
  { name: "pins", ko: "고정", run: panel("pins") },
  { name: "files", ko: "파일", run: panel("files") },
  { name: "quiet", ko: "조용히", run: quiet },
];

// The reader's own word first; both are understood.
export const namesOf = ({ name, ko }) => (document.documentElement.lang === "ko" ? [ko, name] : [name, ko]);

export const commandOf = (said) => COMMANDS.find((one) => namesOf(one).includes(said)) ?? null;
