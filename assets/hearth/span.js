// The stretch of a room that this page holds: all rows from `oldest` to `newest`, without a hole. At the live end
// `newest` is Infinity, and what is said comes in by itself; elsewhere it is only counted. Knows no network and no page.
const OPEN = ["sending", "streaming"];
export const PAGE_ROWS = 50;
export const KEEP_ROWS = 400; // more are dropped while the reader is at the bottom; scrolling up loads them again
const TRIM_TO = 120;
export const MOST_ROWS = 1000; // more are dropped from the far end of a reader who scrolls on and on

export class Span {
  constructor() {
    this.oldest = Infinity;
    this.newest = Infinity;
    this.hasOlder = false;
  }

  get live() {
    return this.newest === Infinity;
  }

  // Begins anew with a page's rows. An empty room is all there: its first row will be the first.
  start(rows, hasOlder, hasNewer) {
    this.oldest = rows.length ? rows[0].seq : 1;
    this.newest = hasNewer && rows.length ? rows.at(-1).seq : Infinity;
    this.hasOlder = hasOlder;
  }

  covers(seq) {
    return seq >= this.oldest && seq <= this.newest;
  }

  older(rows, hasOlder) {
    if (rows.length) this.oldest = rows[0].seq;
    this.hasOlder = hasOlder;
  }

  newer(rows, hasNewer) {
    this.newest = hasNewer && rows.length ? rows.at(-1).seq : Infinity;
  }

  seqs(fold) {
    return [...fold.rows.keys()].filter((seq) => this.covers(seq)).sort((a, b) => a - b);
  }

  // Rows outside leave, but for answers on their way: their words go on coming, and want a row to join on to.
  prune(fold) {
    for (const [seq, row] of fold.rows) if (!this.covers(seq) && !OPEN.includes(row.status)) fold.rows.delete(seq);
  }

  // Whether rows were let go of, for a reader at the bottom of the talk.
  trim(fold) {
    const seqs = this.seqs(fold);
    if (!this.live || seqs.length <= KEEP_ROWS) return false;
    this.cutOlder(seqs, TRIM_TO);
    return true;
  }

  cutOlder(seqs, keep) {
    if (seqs.length <= keep) return;
    this.oldest = seqs[seqs.length - keep];
    this.hasOlder = true;
  }

  cutNewer(seqs, keep) {
    if (seqs.length > keep) this.newest = seqs[keep - 1];
  }
}
