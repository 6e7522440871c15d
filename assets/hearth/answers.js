// What the house can be asked about an answer: again, another version, what one thinks of it, what to ask next. Each
// resolves to what went wrong in words, "" when it is done. Draws nothing.
import { note } from "./notes.js";
import { ask } from "./rest.js";

const CHIPS_KEPT = 50;
const QUOTED = 500; // letters of a long answer
const chips = new Map(); // "message:version" -> questions

const pathOf = (room, message, part) => `/api/rooms/${room}/messages/${message}/${part}`;

export async function told(method, path, body, words) {
  try {
    const { ok, said } = await ask(path, method, body);
    return ok ? "" : said.detail || words.unexpected;
  } catch {
    return words.offline;
  }
}

export const again = (room, message, words) => told("POST", pathOf(room, message, "regenerate"), {}, words);
export const choose = (room, message, number, words) => told("PUT", pathOf(room, message, "version"), { number }, words);
export const rate = (room, message, version, value, words) =>
  told("PUT", pathOf(room, message, "rating"), { version, value }, words);

// Says what went wrong where everybody looks.
export const noted = (wrong) => wrong && note(wrong, { bad: true });

// Two or three questions that may follow; asked of the house once for each version.
export async function followUps(room, message, version) {
  const key = `${message}:${version}`;
  if (!chips.has(key)) {
    const { ok, said } = await ask(pathOf(room, message, "followups"), "GET").catch(() => ({ ok: false }));
    if (!ok) return [];
    chips.set(key, said.follow_ups ?? []);
    if (chips.size > CHIPS_KEPT) chips.delete(chips.keys().next().value);
  }
  return chips.get(key);
}

// The newest answer that the reader asked for, among the rows that the page holds.
export const newestOwn = (items) => items.findLast((item) => item.ai && item.kind === "talk" && item.asked && !item.deleted);

// Whether an AI has answered this message of the reader's before their next one.
export function wasAnswered(items, id) {
  const at = items.findIndex((item) => item.id === id);
  if (at < 0) return false;
  const next = items.findIndex((item, index) => index > at && item.own);
  return items.slice(at + 1, next < 0 ? undefined : next).some((item) => item.ai && item.asked && !item.deleted);
}

// The words as a quotation of Markdown; of a long answer its beginning.
export function quoted(text) {
  const short = text.length > QUOTED ? `${[...text].slice(0, QUOTED).join("").trimEnd()}…` : text.trimEnd();
  return `${short.split("\n").map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`;
}

// A question of the house's, for the one who answers: called by name where others listen as well.
export const addressed = (text, name) => (name ? `@${name} ${text}` : text);
