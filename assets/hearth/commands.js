// What may be said to the house instead of to the room: "/" and a word, in either language. Each is a short cut for
// something that can be reached with the pointer as well. Knows no box.
import { again, newestOwn, told } from "./answers.js";
import { choose } from "./choices.js";
import { roomStore } from "./feed.js";
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

// Alone it quiets the AI, for everybody; with a time it is the reader's own news of the room.
async function quiet({ rest, room, words }) {
  if (!rest) return soften(room, words);
  const minutes = minutesOf(rest);
  if (minutes === null) return words.quiet_how;
  const { ok, said } = await ask(`/api/rooms/${room}/seat`, "PATCH", { quiet_minutes: minutes });
  if (!ok) return said.detail || words.unexpected;
  note(minutes ? words.quiet_done : words.quiet_over);
  return "";
}

async function soften(room, words) {
  const wrong = await told("PUT", `/api/rooms/${room}/temper`, { temper: "quiet" }, words);
  if (!wrong) note(words.temper_quiet);
  return wrong;
}

const named = (name, { name_ko, name_en }) => [name_ko, name_en].some((one) => one?.toLowerCase() === name.toLowerCase());
const ownName = ({ name_ko, name_en }) => (document.documentElement.lang === "ko" ? name_ko : name_en);
const put = (text) => window.dispatchEvent(new CustomEvent("hearth:say", { detail: { text } }));

// Says it to the first AI that sits here; who calls one by name has called already.
function askAi({ rest, ais, words, say }) {
  if (!rest) return words.ask_how;
  if (ais.length === 0) return words.ask_nobody;
  const said = rest.toLowerCase();
  const called = ais.some(({ name_ko, name_en }) => [name_ko, name_en].some((name) => said.includes(`@${name.toLowerCase()}`)));
  return say(called ? rest : `@${ownName(ais[0])} ${rest}`);
}

function regenerate({ room, words }) {
  const answer = newestOwn(roomStore()?.view.items ?? []);
  return answer ? again(room, answer.id, words) : words.regenerate_none;
}

// Gives the AI of that name a seat where it has none, and calls it.
async function persona({ rest, room, ais, words }) {
  if (!rest) return choose("panel", "ai");
  const seated = ais.find((one) => named(rest, one));
  const known = seated ?? (await findPersona(rest));
  if (!known) return words.persona_none.replace("{name}", () => rest);
  const wrong = seated ? "" : await told("PUT", `/api/rooms/${room}/ai/${known.id}`, {}, words);
  if (!wrong) put(`@${ownName(known)} `);
  return wrong;
}

async function findPersona(name) {
  const { ok, said } = await ask("/api/personas", "GET");
  return ok ? said.find((one) => named(name, one)) : null;
}

// The button in the room's head opens it; where a reader wants it simple there is none.
function model({ words }) {
  const picker = document.querySelector(".room-header .picker");
  if (!picker?.offsetParent) return words.model_none;
  picker.click();
  return "";
}

function search({ rest }) {
  window.dispatchEvent(new CustomEvent("hearth:search", { detail: { query: rest } }));
}

// `run({rest, room, ais, words, say, help, prompts})` may answer, also later, with what went wrong in words.
export const COMMANDS = [
  { name: "help", ko: "도움", run: ({ help }) => help() },
  { name: "ask", ko: "물어", run: askAi },
  { name: "regenerate", ko: "다시", run: regenerate },
  { name: "prompts", ko: "질문", run: ({ prompts }) => prompts() },
  { name: "persona", ko: "페르소나", run: persona },
  { name: "model", ko: "모델", run: model },
  { name: "quiet", ko: "조용히", run: quiet },
  { name: "search", ko: "찾기", run: search },
  { name: "people", ko: "사람", run: panel("people") },
  { name: "invite", ko: "초대", run: () => choose("dialog", "invite") },
  { name: "pins", ko: "고정", run: panel("pins") },
  { name: "files", ko: "파일", run: panel("files") },
];

// The reader's own word first; both are understood.
export const namesOf = ({ name, ko }) => (document.documentElement.lang === "ko" ? [ko, name] : [name, ko]);

export const commandOf = (said) => COMMANDS.find((one) => namesOf(one).includes(said)) ?? null;
