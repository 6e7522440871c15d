// One room's view, kept in step. The same fold as hearth_reflex/domain/feed.py, line for line where it matters;
// tests/unit/test_feed.py runs both on the same histories. Knows no React and no page.
const OPEN = ["sending", "streaming"];

export class RoomFold {
  constructor() {
    this.rev = -1;
    this.rows = new Map(); // seq -> row
    this.early = new Map(); // rev -> rows that came before the ones they follow
    this.waiting = new Map(); // seq -> [[offset, text], ...] that do not join on yet
  }

  get missing() {
    return this.early.size > 0 || [...this.waiting.values()].some((list) => list.length > 0);
  }

  load(rev, rows) {
    this.merge(rows);
    this.rev = Math.max(this.rev, rev);
    this.drain();
  }

  change(rev, rows) {
    if (rev <= this.rev) {
      this.merge(rows); // a late copy: rows know their own rev
      return;
    }
    this.early.set(rev, rows);
    this.drain();
  }

  words(seq, offset, text) {
    if (!this.waiting.has(seq)) this.waiting.set(seq, []);
    this.waiting.get(seq).push([offset, text]);
    this.grow(seq);
  }

  drain() {
    for (const rev of [...this.early.keys()].sort((a, b) => a - b)) {
      if (rev > this.rev + 1) break;
      this.merge(this.early.get(rev));
      this.early.delete(rev);
      this.rev = Math.max(this.rev, rev);
    }
  }

  merge(rows) {
    for (const row of rows) {
      const known = this.rows.get(row.seq);
      if (known && known.rev > row.rev) continue;
      // While an answer grows the stored text trails the told one: never take words back.
      const trails = known && row.status === "streaming" && known.text.length > row.text.length;
      this.rows.set(row.seq, trails ? { ...row, text: known.text } : row);
      this.grow(row.seq);
    }
  }

  grow(seq) {
    const row = this.rows.get(seq);
    if (!row) return;
    const list = this.waiting.get(seq) ?? [];
    this.waiting.delete(seq);
    if (!OPEN.includes(row.status)) return; // the finished row holds the whole text
    let text = row.text;
    const left = [];
    list.sort((a, b) => a[0] - b[0]);
    for (const [offset, words] of list) {
      if (offset > text.length) left.push([offset, words]);
      else if (offset + words.length > text.length) text += words.slice(text.length - offset);
    }
    if (text !== row.text) this.rows.set(seq, { ...row, text });
    if (left.length) this.waiting.set(seq, left);
  }
}

// Cuts a growing answer where a paragraph ends outside a code fence: all pieces but the last never change again, so
// they are drawn once. Joined, the pieces are the text: nothing is lost (tests/unit/test_feed.py).
export function segments(text) {
  const pieces = [];
  let fence = null;
  let start = 0;
  let at = 0;
  for (const line of text.split("\n")) {
    const mark = line.match(/^ {0,3}(`{3,}|~{3,})/)?.[1];
    if (mark && fence === null) fence = mark;
    else if (mark && mark[0] === fence?.[0] && mark.length >= fence.length && line.trim() === mark) fence = null;
    const end = at + line.length + 1;
    if (line.trim() === "" && fence === null && end - start > 200 && end < text.length) {
      pieces.push(text.slice(start, end));
      start = end;
    }
    at = end;
  }
  pieces.push(text.slice(start));
  return pieces;
}
