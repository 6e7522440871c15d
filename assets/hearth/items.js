// One row of the talk as the page draws it. Knows no store and no page.
import { segments } from "./fold.js";
import remend from "remend";

const OPEN = ["sending", "streaming"];
const DEEP = /^(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))){20}/m;
const FENCE = "~".repeat(40);

// `me` is who looks; `wait` is the place in line of an answer that waits (waits.js).
export function drawItem(row, me, { key, day, grouped, wait, pending }) {
  const open = row.is_ai && OPEN.includes(row.status);
  // Quotes in quotes by the thousand overflow the stack of whoever draws them: such a text is shown as it is.
  const source = DEEP.test(row.text) ? `${FENCE}\n${row.text}\n${FENCE}` : row.text;
  const pieces = row.text ? segments(source) : [];
  if (open && pieces.length) pieces[pieces.length - 1] = remend(pieces[pieces.length - 1]);
  return {
    key, day, grouped, pending, open, pieces,
    id: row.id, seq: row.seq, kind: row.kind, status: row.status, at: row.at, ai: row.is_ai,
    name: row.name, name_en: row.name_en ?? row.name, own: row.author === me && row.kind === "talk",
    thinking: open && !row.text && !wait, place: wait?.place ?? 0, until: wait?.until ?? 0,
    notice: row.notice ?? {}, error: row.error ?? {}, shortened: row.figures?.shortened === true,
    finished: row.is_ai && row.kind === "talk" && !open, has_text: row.text !== "",
    may_go_on: row.is_ai && ["stopped", "failed", "interrupted"].includes(row.status),
  };
}
