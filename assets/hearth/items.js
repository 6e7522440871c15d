// One row of the talk as the page draws it. Knows no store and no page.
import { segments } from "./fold.js";
import { plain } from "./plain.js";
import remend from "remend";

const OPEN = ["sending", "streaming"];
const DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))){20}/m;
const FENCE = "~".repeat(40);
const NOBODY = [];
const NOTHING = {};
let voices = NOBODY; // the names that AIs listen to, as [{name, me: false}]: always the same object, so that pieces rest

export function setVoices(names) {
  if (names.join() !== voices.map(({ name }) => name).join()) voices = names.map((name) => ({ name, me: false }));
}

// Who is called in the text, to be marked there.
function callsOf(row, me) {
  if (!row.mentions?.length) return voices;
  const called = row.mentions.map((id, at) => ({ name: row.mention_names?.[at] ?? "", me: id === me }));
  return [...called.filter(({ name }) => name), ...voices];
}

function reactionsOf(row, me) {
  if (!row.reactions?.length) return NOBODY;
  return row.reactions.map(({ emoji, people, names }) => ({
    emoji, names, count: people.length, mine: people.includes(me),
  }));
}

// `me` is who looks; `wait` is the place in line of an answer that waits (waits.js).
export function drawItem(row, me, { key, day, grouped, wait, pending }) {
  const open = row.is_ai && OPEN.includes(row.status);
  // Quotes in quotes by the thousand overflow the stack of whoever draws them: such a text is shown as it is.
  const source = DEEP.test(row.text) ? `${FENCE}\n${row.text}\n${FENCE}` : row.text;
  const pieces = row.text ? segments(source) : [];
  if (open && pieces.length) pieces[pieces.length - 1] = remend(pieces[pieces.length - 1]);
  const deleted = row.deleted === true;
  return {
    key, day, grouped, pending, open, pieces, deleted,
    id: row.id, seq: row.seq, kind: row.kind, status: row.status, at: row.at, ai: row.is_ai, author: row.author,
    look: row.look ?? 0, avatar: row.avatar ?? "", // what an AI wears in this room, and its picture
    name: row.name, name_en: row.name_en ?? row.name, own: row.author === me && row.kind === "talk",
    thinking: open && !row.text && !wait, place: wait?.place ?? 0, until: wait?.until ?? 0,
    notice: row.notice ?? {}, error: row.error ?? {}, shortened: row.figures?.shortened === true,
    // only what was made has figures: a greeting was written beforehand, nothing can be asked about it
    finished: row.is_ai && row.kind === "talk" && !open && !deleted && Boolean(row.figures), has_text: row.text !== "",
    reason: row.reason ?? "", cited: row.cited ?? 0, sources: row.sources ?? "", version: row.version ?? 1, versions: row.versions ?? 1,
    may_go_on: row.is_ai && !deleted && ["stopped", "failed", "interrupted"].includes(row.status),
    text: row.text, edited: row.edited === true, pinned: row.pinned === true,
    answers: Boolean(row.reply?.id), reply: row.reply ? { ...row.reply, text: plain(row.reply.text) } : NOTHING, reactions: reactionsOf(row, me),
    files: row.files ?? NOBODY, mentions: row.mentions ?? NOBODY, mentions_me: (row.mentions ?? NOBODY).includes(me),
    figures: open || deleted ? NOTHING : (row.figures ?? NOTHING), calls: callsOf(row, me), asked: row.is_ai && row.asker === me,
    touchable: row.kind === "talk" && !deleted && !pending, // something may be done with it
  };
}
