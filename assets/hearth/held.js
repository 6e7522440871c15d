// The stretch of a room that this page holds, and how it moves through the room: further up, further down, to a row, to a
// day, to the newest. What the server tells by itself is store.js's, which this is the lower half of.
import { ask } from "./ask.js";
import { bookmark } from "./bookmark.js";
import { RoomFold } from "./fold.js";
import { MOST_ROWS, PAGE_ROWS, Span } from "./span.js";

const LAST = 2 ** 31 - 1; // no room has a row of this number

export class HeldRoom {
  constructor({ room, me }) {
    Object.assign(this, { room, me });
    this.fold = new RoomFold();
    this.span = new Span();
    this.loads = 0; // stretches that are being fetched: until they are here, no row that comes is let go of
    this.loadingOlder = this.loadingNewer = false;
    this.wishes = 0; // only the newest wish to be elsewhere counts
    this.jumping = false;
    this.arriving = false; // nothing is shown until the place where the reader comes in is there
    this.epoch = 0; // a new one: the rows are of another stretch, and the list begins anew
    this.target = null; // {n, seq, align, offset, flash}: where the list shall go
    this.spot = null; // {seq, offset} of the topmost row on screen, as the list told last
    this.atEnd = true; // whether the reader is at the newest line
    this.unseen = 0; // what others said since they were
  }

  async load(path, use) {
    this.loads += 1;
    const page = await ask(this.room, path);
    if (page) use(page);
    this.loads -= 1;
    return page;
  }

  // Rows are let go of at the far end before new ones are asked for, never in the same breath: the list could not tell
  // at which end it grew.
  async loadOlder() {
    if (this.loadingOlder || !this.span.hasOlder) return;
    this.loadingOlder = true;
    this.span.cutNewer(this.span.seqs(this.fold), MOST_ROWS - PAGE_ROWS);
    this.changed();
    const { fold, span } = this;
    const { oldest } = span;
    await this.load(`rows?before=${oldest}&limit=${PAGE_ROWS}`, (page) => {
      if (oldest !== span.oldest || fold !== this.fold) return;
      fold.merge(page.rows);
      span.older(page.rows, page.has_older);
    });
    this.loadingOlder = false;
    this.changed();
  }

  async loadNewer() {
    if (this.loadingNewer || this.span.live) return;
    this.loadingNewer = true;
    this.span.cutOlder(this.span.seqs(this.fold), MOST_ROWS - PAGE_ROWS);
    this.changed();
    const { fold, span } = this;
    const { newest } = span;
    await this.load(`rows?after=${newest}&limit=${PAGE_ROWS}`, (page) => {
      if (newest !== span.newest || fold !== this.fold) return;
      fold.merge(page.rows);
      span.newer(page.rows, page.has_newer);
    });
    this.loadingNewer = false;
    this.changed();
  }

  trim() {
    if (this.span.trim(this.fold)) this.changed();
  }

  // --- going elsewhere. Each says whether it got there.

  // How: where the row comes to stand (`align`, `offset`), whether it flashes, whether the keyboard goes there.
  async jumpTo(seq, { align = "center", offset = 0, flash = true, focus = false } = {}) {
    if (this.fold.rev < 0) return false; // the room has not come yet
    const wish = this.wish();
    if (!this.span.covers(seq) && !(await this.fetchStretch(`rows?around=${seq}&limit=${2 * PAGE_ROWS}`, wish)))
      return false;
    this.aim({ seq, align, offset, flash, focus });
    return true;
  }

  // `seq` where it is known saves a question.
  async jumpToMessage(id, seq = 0, how = {}) {
    const wish = this.wish();
    const known = seq || this.rowOf(id)?.seq || (await this.seqAt(`message=${encodeURIComponent(id)}`));
    return wish === this.wishes && this.goOn(known, how);
  }

  // `date` is a Date: the first thing said from then on.
  async jumpToDate(date) {
    const wish = this.wish();
    const seq = await this.seqAt(`date=${encodeURIComponent(date.toISOString())}`);
    return wish === this.wishes && this.goOn(seq, { align: "start", flash: false });
  }

  async toNewest() {
    const wish = this.wish();
    if (!this.span.live && !(await this.fetchStretch(`rows?before=${LAST}&limit=${PAGE_ROWS}`, wish))) return false;
    this.aim({ seq: LAST, align: "end", offset: 0, flash: false, focus: false });
    return true;
  }

  wish() {
    this.wishes += 1;
    this.jumping = true;
    this.changed();
    return this.wishes;
  }

  goOn(seq, how) {
    if (seq) return this.jumpTo(seq, how);
    this.jumping = this.arriving = false;
    this.changed();
    return false;
  }

  async seqAt(query) {
    return (await ask(this.room, `at?${query}`))?.seq ?? 0;
  }

  // A page that was read before the view began anew may be older than the view: it is asked for again.
  async fetchStretch(path, wish) {
    for (;;) {
      const { fold } = this;
      let there = false;
      const page = await this.load(path, (found) => {
        there = wish === this.wishes && fold === this.fold;
        if (there) this.take(found);
      });
      if (there || wish !== this.wishes) return there;
      if (!page) return this.goOn(0);
    }
  }

  // `rev` stays as it is: what changed meanwhile came, or comes, as frames.
  take(page) {
    this.fold.merge(page.rows);
    this.span.start(page.rows, page.has_older, page.has_newer);
    this.epoch += 1;
  }

  aim(target) {
    this.jumping = this.arriving = false;
    this.target = { n: (this.target?.n ?? 0) + 1, ...target };
    this.atEnd = target.seq === LAST;
    if (this.atEnd) this.unseen = 0;
    this.changed();
  }

  // --- what the list tells of its reader

  reading(spot, atEnd) {
    this.spot = spot;
    const caughtUp = atEnd && this.span.live;
    if (caughtUp === this.atEnd && !(caughtUp && this.unseen)) return;
    this.atEnd = caughtUp;
    if (caughtUp) this.unseen = 0;
    this.changed();
  }

  remember() {
    bookmark(this.me, this.room, this.atEnd ? null : this.spot);
  }

  // --- what is held

  seqs() {
    return this.span.seqs(this.fold);
  }

  rowOf(id) {
    for (const row of this.fold.rows.values()) if (row.id === id) return row;
    return null;
  }

  // The newest message of one's own that can still be edited, if it is among the rows that are held.
  lastOwn() {
    const own = (row) => row.author === this.me && row.kind === "talk" && !row.deleted;
    return this.seqs().map((seq) => this.fold.rows.get(seq)).findLast(own) ?? null;
  }
}
