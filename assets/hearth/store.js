// The talk of one room in this browser: what the server told (a RoomFold), which stretch of it is held (held.js), what is
// on its way out (an Outbox), and the rows as the page draws them (a Drawing). Knows no React; feed.js connects it to
// Reflex's state and to the page.
import { ask } from "./ask.js";
import { bookmarked } from "./bookmark.js";
import { Drawing } from "./drawing.js";
import { RoomFold } from "./fold.js";
import { HeldRoom } from "./held.js";
import { SILENCE, heard, heardToWait } from "./heard.js";
import { Outbox } from "./outbox.js";
import { KEEP_ROWS, PAGE_ROWS } from "./span.js";
import { Waits } from "./waits.js";

const REPAIR_MS = 300;
const OPEN = ["sending", "streaming"];
const ABOVE_PX = 72; // of what was read before that shows above the first new row

export class RoomStore extends HeldRoom {
  // `link` is the id of the message that the address asks for, or "".
  constructor({ room, me, transmit, link = "" }) {
    super({ room, me });
    this.link = link;
    this.told = -1; // rev that the room has, as the house last said
    this.end = 0; // the highest seq that was heard of
    this.unread = null; // what came after this seq was new when the room was entered
    this.announced = SILENCE;
    this.listeners = new Set();
    this.waits = new Waits();
    this.outbox = new Outbox({ room, me, transmit, changed: () => this.changed() });
    this.drawing = new Drawing(me, this.waits);
    this.draw();
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  changed() {
    if (!this.loads) this.span.prune(this.fold);
    this.draw();
    this.tell();
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }

  // --- what the server tells

  // The first snapshot starts the view; a later one (the line was lost) only shows how far behind the view is.
  snapshot({ rev, rows, older, read }) {
    this.told = rev;
    if (this.fold.rev < 0) this.enter(rev, rows, older, read ?? 0);
    else if (this.behind) this.repair();
    this.outbox.resend();
    this.changed();
  }

  // A reader comes in at the message they asked for, where they were, at the first row that is new to them, else at the
  // newest.
  enter(rev, rows, older, read) {
    this.start({ rev, rows, has_older: older });
    if (read > 0 && read < this.end) this.unread = read;
    const spot = bookmarked(this.me, this.room);
    if (this.link) this.jumpToMessage(this.link);
    else if (spot) this.jumpTo(spot.seq, { align: "start", offset: spot.offset, flash: false });
    else if (this.unread) this.jumpTo(read + 1, { align: "start", offset: -ABOVE_PX, flash: false });
    this.arriving = this.jumping;
  }

  start({ rev, rows, has_older, has_newer = false }) {
    this.span.start(rows, has_older, has_newer);
    this.fold.load(rev, rows);
    this.note(rows);
  }

  change(rev, rows) {
    rows.forEach((row) => this.hear(row));
    this.told = Math.max(this.told, rev);
    this.fold.change(rev, rows);
    this.note(rows);
    this.repairIfMissing();
    this.changed();
  }

  // The one thing that comes many times a second: only the row that grew is drawn again.
  words(seq, offset, text) {
    const before = this.fold.rows.get(seq);
    this.fold.words(seq, offset, text);
    this.repairIfMissing();
    const row = this.fold.rows.get(seq);
    if (row === before || this.arriving || !this.drawing.places.has(seq)) return;
    this.waits.keepOnly(this.fold.places);
    this.drawing.one(row);
    this.view = { ...this.view, items: this.drawing.items };
    this.tell();
  }

  place(seq, position, seconds) {
    this.fold.place(seq, position, seconds);
    const place = this.fold.places.get(seq);
    if (place && this.waits.stand(seq, place)) this.announced = heardToWait(this.fold.rows.get(seq), position);
    this.changed();
  }

  // The house says how far the room is; frames may have been lost without a gap that shows.
  stands(rev) {
    this.told = rev;
    this.repairIfMissing();
  }

  hear(row) {
    const before = this.fold.rows.get(row.seq);
    const fresh = !before && (row.seq > this.end || this.span.covers(row.seq));
    this.announced = heard(row, before, { me: this.me, fresh }) ?? this.announced;
  }

  // What rows say beside themselves, whether or not they are held.
  note(rows) {
    this.outbox.acknowledge(rows);
    for (const row of rows) {
      if (row.seq <= this.end) continue;
      if (!this.atEnd && row.kind === "talk" && row.author !== this.me) this.unseen += 1;
      this.end = row.seq;
    }
  }

  // --- what was missed

  get behind() {
    return this.fold.missing || this.fold.rev < this.told;
  }

  repairIfMissing(after = REPAIR_MS) {
    if (!this.behind || this.repairTimer) return;
    // A moment's grace: most often the missing frame is right behind.
    this.repairTimer = setTimeout(() => {
      this.repairTimer = null;
      if (this.behind) this.repair();
    }, after);
  }

  async repair() {
    const { told, fold } = this;
    const found = await ask(this.room, `changes?since=${fold.rev}`);
    if (!found || !(found.complete ? this.catchUp(found) : await this.restart(found))) {
      this.repairIfMissing(5 * REPAIR_MS); // the server stumbled: ask again, less eagerly
      return;
    }
    if (this.told === told) this.told = this.fold.rev; // asked after it was said: a house set back to older days says less
    this.changed();
    this.repairIfMissing(); // words still ahead of what is stored: ask again
  }

  catchUp({ rev, rows }) {
    this.fold.load(rev, rows);
    this.note(rows);
    return true;
  }

  // Too much has changed to catch up with: begin anew from the newest rows, or from those that are being read. What comes
  // meanwhile goes with the old view; `told` knows of it.
  async restart({ rev }) {
    this.told = Math.max(this.told, rev);
    const spot = this.atEnd ? null : this.spot;
    const now = await ask(this.room, spot ? `rows?around=${spot.seq}&limit=${2 * PAGE_ROWS}` : "");
    if (!now) return false;
    this.fold = new RoomFold();
    this.start(now);
    this.epoch += 1;
    if (spot) this.jumpTo(spot.seq, { align: "start", offset: spot.offset, flash: false });
    return true;
  }

  // --- what is on its way out

  send(text, more) {
    this.unread = null;
    this.outbox.add(text, more);
    this.toNewest();
  }

  retry(id) {
    this.outbox.retry(id);
  }

  discard(id) {
    this.outbox.drop(id);
  }

  refuse(refusal) {
    this.outbox.refuse(refusal);
  }

  kept(id) {
    this.outbox.drop(id);
  }

  // Asked at every word while the reader is at the bottom: so it is looked first whether there is too much.
  trim() {
    if (this.drawing.places.size > KEEP_ROWS) super.trim();
  }

  // --- how it is drawn

  draw() {
    this.outbox.remember();
    this.waits.keepOnly(this.fold.places);
    const rows = this.seqs().map((seq) => this.fold.rows.get(seq));
    // Elsewhere than at the live end, what one says now has no place below what was said long ago.
    this.drawing.all(rows, this.span.live ? this.outbox.items : []);
    const items = this.arriving ? [] : this.drawing.items;
    const { epoch, target, unseen, jumping, loadingOlder, announced } = this;
    this.view = {
      items, epoch, target, unseen, jumping, loadingOlder, announced,
      hasOlder: this.span.hasOlder,
      hasNewer: !this.span.live,
      empty: this.fold.rev >= 0 && !this.arriving && items.length === 0,
      thinking: [...this.fold.rows.values()].some((row) => row.is_ai && OPEN.includes(row.status)),
      unread: this.firstUnread(rows),
    };
  }

  // The seq of the row above which the line "new from here" stands; 0 where there is none.
  firstUnread(rows) {
    if (this.unread === null) return 0;
    const at = rows.findIndex((row) => row.seq > this.unread && row.author !== this.me);
    return at > 0 || (at === 0 && !this.span.hasOlder) ? rows[at].seq : 0;
  }
}
