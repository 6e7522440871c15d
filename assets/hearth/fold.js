// One room's view, kept in step. The same fold as hearth_reflex/domain/feed.py, line for line where it matters;
// tests/unit/test_feed.py runs both on the same histories. Knows no React and no page.
const OPEN = ["sending", "streaming"];

export class RoomFold {
  constructor() {
    this.rev = -1;
    this.rows = new Map(); // seq -> row
    this.places = new Map(); // seq of an answer that waits -> [place in line, estimated seconds or null]
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
    for (const seq of [...this.waiting.keys()]) this.grow(seq);
  }

  change(rev, rows) {
    if (rev <= this.rev) return; // a late copy; of a row older than the view it might not even be the newest word
    this.early.set(rev, rows);
    this.drain();
  }

  words(seq, offset, text) {
    if (!this.waiting.has(seq)) this.waiting.set(seq, []);
    this.waiting.get(seq).push([offset, text]);
    this.grow(seq);
  }

  // A hint that nothing repairs but the next one; place 0: it waits no longer.
  place(seq, position, seconds) {
    if (this.rows.get(seq)?.status !== "sending") return; // a late copy: it speaks already, or has ended
    if (position) this.places.set(seq, [position, seconds]);
    else this.places.delete(seq);
  }

  drain() {
    for (const rev of [...this.early.keys()].sort((a, b) => a - b)) {
      if (rev > this.rev + 1) break;
      const rows = this.early.get(rev);
      this.early.delete(rev);
      if (rev <= this.rev) continue; // a load held it already
      this.merge(rows);
      this.rev = rev;
    }
  }

  merge(rows) {
    for (const row of rows) {
      const known = this.rows.get(row.seq);
      if (known && known.rev > row.rev) continue;
      // Another version begins anew: what was told of the one before is no part of it, however late it comes.
      const sameVersion = (known?.version ?? 1) === (row.version ?? 1);
      if (known && !sameVersion) this.waiting.delete(row.seq);
      // While an answer grows the stored text trails the told one: never take words back. A newer rev of "sending"
      // is another run, which goes on behind what was stored.
      const sameRun = sameVersion && (row.status === "streaming" || (row.status === "sending" && known?.rev === row.rev));
      const trails = known && sameRun && OPEN.includes(known.status) && known.text.length > row.text.length;
      this.rows.set(row.seq, trails ? { ...row, text: known.text } : row);
      if (row.status !== "sending") this.places.delete(row.seq);
      this.grow(row.seq);
    }
  }

  grow(seq) {
    const row = this.rows.get(seq);
    if (!row) {
      // Rows come in order: one that is older than the view has no words to wait for.
      if ([...this.rows.keys()].some((held) => held > seq)) this.waiting.delete(seq);
      return;
    }
    const list = this.waiting.get(seq) ?? [];
    this.waiting.delete(seq);
    if (!OPEN.includes(row.status)) return; // the finished row holds the whole text
    let text = row.text;
    const left = [];
    list.sort((a, b) => a[0] - b[0]);
    for (const [offset, words] of list) {
      const known = text.slice(offset);
      if (offset > text.length) left.push([offset, words]);
      else if (words.startsWith(known)) text += words.slice(known.length); // else known already, or of a dead run
    }
    if (text !== row.text) {
      this.rows.set(seq, { ...row, text });
      this.places.delete(seq);
    }
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
