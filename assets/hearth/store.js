// The talk of one room in this browser: what the server told (a RoomFold), what is on its way out (the outbox), and the
// rows as the page draws them. Knows no React; feed.js connects it to Reflex's state and to the page.
import { RoomFold } from "./fold.js";
import { drawItem } from "./items.js";
import { Waits } from "./waits.js";

const GROUP_MS = 5 * 60 * 1000;
const KEEP_ROWS = 400; // more are dropped while the reader is at the bottom; scrolling up loads them again
const TRIM_TO = 120;
const ACK_MS = 10_000;
const STALE_MS = 2_000;
const REPAIR_MS = 300;
const OPEN = ["sending", "streaming"];

// crypto.randomUUID is missing on plain http, where phones of the house come from.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class RoomStore {
  constructor({ room, me, transmit }) {
    this.room = room;
    this.me = me;
    this.transmit = transmit; // (client id, text) -> sends it to the server
    this.fold = new RoomFold();
    this.told = -1; // rev that the room has, as the house last said
    this.oldest = Infinity; // rows from here on are all there; below may be holes
    this.hasOlder = false;
    this.loadingOlder = false;
    this.announced = null;
    this.countedAt = 0; // rev at which the server last counted the members
    this.listeners = new Set();
    this.drawn = new Map(); // key -> {source, grouped, day, wait, item}
    this.waits = new Waits();
    this.outbox = this.restored();
    this.held = new Set(); // ids that this tab has had in its outbox: what else is stored belongs to another tab
    this.written = this.outbox;
    this.view = this.drawView();
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  changed() {
    this.view = this.drawView();
    this.listeners.forEach((listener) => listener());
  }

  // --- what the server tells

  // The first snapshot starts the view; a later one (the line was lost) only shows how far behind the view is.
  snapshot({ rev, rows, older }) {
    this.countedAt = this.told = rev;
    if (this.fold.rev < 0) this.start(rev, rows, older);
    else if (this.behind) this.repair();
    this.resend();
    this.changed();
  }

  start(rev, rows, older) {
    this.oldest = rows.length ? rows[0].seq : 1;
    this.hasOlder = older;
    this.fold.load(rev, rows);
    this.acknowledge(rows);
  }

  change(rev, rows) {
    rows.forEach((row) => this.announce(row));
    this.told = Math.max(this.told, rev);
    this.fold.change(rev, rows);
    this.acknowledge(rows);
    this.repairIfMissing();
    this.changed();
  }

  words(seq, offset, text) {
    this.fold.words(seq, offset, text);
    this.repairIfMissing();
    this.changed();
  }

  place(seq, position, seconds) {
    this.fold.place(seq, position, seconds);
    const place = this.fold.places.get(seq);
    if (place && this.waits.stand(seq, place)) this.announceWait(this.fold.rows.get(seq), position);
    this.changed();
  }

  // The house says how far the room is; frames may have been lost without a gap that shows.
  stands(rev) {
    this.told = rev;
    this.repairIfMissing();
  }

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
    const { told } = this;
    const found = await this.fetchJson(`changes?since=${this.fold.rev}`);
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
    this.acknowledge(rows);
    return true;
  }

  // Too much has changed to catch up with: begin anew from the newest rows. What comes meanwhile goes with the old view;
  // `told` knows of it.
  async restart({ rev }) {
    this.told = Math.max(this.told, rev);
    const now = await this.fetchJson("");
    if (!now) return false;
    this.fold = new RoomFold();
    this.start(now.rev, now.rows, now.has_older);
    return true;
  }

  async loadOlder() {
    if (this.loadingOlder || !this.hasOlder) return;
    this.loadingOlder = true;
    this.changed();
    const { oldest, fold } = this;
    const page = await this.fetchJson(`rows?before=${oldest}&limit=50`);
    this.loadingOlder = false;
    if (page && oldest === this.oldest && fold === this.fold) {
      this.fold.merge(page.rows);
      if (page.rows.length) this.oldest = page.rows[0].seq;
      this.hasOlder = page.has_older;
    }
    this.changed();
  }

  trim() {
    const seqs = this.seqs();
    if (seqs.length <= KEEP_ROWS) return;
    this.oldest = seqs[seqs.length - TRIM_TO];
    for (const seq of seqs) if (seq < this.oldest) this.fold.rows.delete(seq);
    this.hasOlder = true;
    this.changed();
  }

  async fetchJson(path) {
    const lang = document.documentElement.lang;
    try {
      const url = `/api/rooms/${this.room}${path ? `/${path}` : ""}`;
      const answer = await fetch(url, { headers: { "Accept-Language": lang, "X-Hearth": "1" } });
      if (answer.status === 401) location.assign("/?signed_out=1");
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // offline: the next snapshot repairs
    }
  }

  // --- what is on its way out

  send(text) {
    const pending = { id: newId(), text, state: "sending", error: null, at: new Date().toISOString() };
    // What has waited for long may have been lost with the line: it goes first again, so that the order stays.
    const waited = this.outbox.some((item) => item.state === "sending" && Date.now() - Date.parse(item.at) > STALE_MS);
    this.outbox = [...this.outbox, pending];
    if (waited) this.resend();
    else this.transmitNow(pending);
    this.changed();
  }

  retry(id) {
    const pending = this.outbox.find((item) => item.id === id);
    if (!pending) return;
    // What was refused was not kept and may go under a new id: told twice in the same words, Reflex's client would keep
    // the second refusal to itself. What only went unanswered may have been kept and must stay the same message.
    const again = { ...pending, id: pending.error ? newId() : id, state: "sending", error: null };
    this.outbox = this.outbox.map((item) => (item === pending ? again : item));
    this.transmitNow(again);
    this.changed();
  }

  discard(id) {
    this.outbox = this.outbox.filter((item) => item.id !== id);
    this.changed();
  }

  // The same id sent twice is one message, so what is not acknowledged is simply sent again, also what was given up while
  // the line was cut: only what was refused waits for its writer.
  resend() {
    this.outbox = this.outbox.map((item) => (item.error ? item : { ...item, state: "sending" }));
    this.outbox.filter((item) => item.state === "sending").forEach((item) => this.transmitNow(item));
  }

  refuse({ id, ko, en }) {
    this.replace(id, { state: "failed", error: { ko, en } });
  }

  transmitNow(pending) {
    this.transmit(pending.id, pending.text);
    setTimeout(() => {
      const late = this.outbox.find((item) => item.id === pending.id && item.state === "sending");
      if (late && navigator.onLine) this.replace(pending.id, { state: "failed" });
    }, ACK_MS);
  }

  // The server has it, whether or not its row is among those that this page holds.
  kept(id) {
    this.outbox = this.outbox.filter((item) => item.id !== id);
    this.changed();
  }

  replace(id, changes) {
    this.outbox = this.outbox.map((item) => (item.id === id ? { ...item, ...changes } : item));
    this.changed();
  }

  acknowledge(rows) {
    const kept = new Set(rows.filter((row) => row.author === this.me).map((row) => row.client_msg_id));
    if (kept.size) this.outbox = this.outbox.filter((item) => !kept.has(item.id));
  }

  get outboxKey() {
    return `hearth:outbox:${this.me}:${this.room}`;
  }

  restored() {
    try {
      return JSON.parse(localStorage.getItem(this.outboxKey) ?? "[]");
    } catch {
      return [];
    }
  }

  // Another tab of the same person keeps its unsent messages under the same key: they are left as they are.
  remember() {
    if (this.written === this.outbox) return;
    [...this.written, ...this.outbox].forEach((item) => this.held.add(item.id));
    this.written = this.outbox;
    const all = [...this.restored().filter((item) => !this.held.has(item.id)), ...this.outbox];
    all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)); // a later page sends them in the order in which they were said
    try {
      if (all.length) localStorage.setItem(this.outboxKey, JSON.stringify(all));
      else localStorage.removeItem(this.outboxKey);
    } catch {
      // A full or forbidden store: the outbox still lives as long as the tab.
    }
  }

  // --- what a screen reader hears: whole messages, and the start and the end of an answer, never its words

  announce(row) {
    const before = this.fold.rows.get(row.seq);
    if (row.author === this.me || row.kind === "notice") return;
    if (!row.is_ai && !before) this.announced = { kind: "said", name: row.name, name_en: row.name_en, text: row.text };
    else if (row.is_ai && row.status === "streaming" && before?.status !== "streaming")
      this.announced = { kind: "began", name: row.name, name_en: row.name_en, text: "" };
    else if (row.is_ai && !OPEN.includes(row.status) && (!before || OPEN.includes(before.status)))
      this.announced = { kind: "ended", name: row.name, name_en: row.name_en, text: row.text };
  }

  // Once, when it gets its place: nobody wants to hear the seconds.
  announceWait(row, place) {
    this.announced = { kind: "waiting", name: row.name, name_en: row.name_en, text: `${place}` };
  }

  // --- how it is drawn

  seqs() {
    return [...this.fold.rows.keys()].filter((seq) => seq >= this.oldest).sort((a, b) => a - b);
  }

  drawView() {
    this.remember();
    this.waits.keepOnly(this.fold.places);
    [this.drawnBefore, this.drawn] = [this.drawn, new Map()];
    const items = [];
    let before = null;
    for (const seq of this.seqs()) {
      const row = this.fold.rows.get(seq);
      items.push(this.drawRow(row, before));
      before = row;
    }
    for (const pending of this.outbox) {
      const row = this.asRow(pending);
      items.push(this.drawRow(row, before, pending));
      before = row;
    }
    return {
      items,
      hasOlder: this.hasOlder,
      loadingOlder: this.loadingOlder,
      empty: this.fold.rev >= 0 && items.length === 0,
      thinking: items.some((item) => item.open),
      joined: [...this.fold.rows.values()].filter((row) => this.isLaterArrival(row)).length,
      announced: this.announced ?? { kind: "", name: "", name_en: "", text: "" },
    };
  }

  isLaterArrival(row) {
    return row.kind === "notice" && !row.is_ai && row.rev > this.countedAt;
  }

  asRow(pending) {
    return {
      seq: 0, id: pending.id, kind: "talk", status: "complete", author: this.me, name: "", name_en: "", is_ai: false,
      client_msg_id: pending.id, text: pending.text, notice: null, error: pending.error, figures: null, at: pending.at,
    };
  }

  // An item is the same object as long as nothing about it changed, so that only changed rows are drawn again.
  drawRow(row, before, pending = null) {
    const source = pending ?? row;
    const day = !before || new Date(before.at).toDateString() !== new Date(row.at).toDateString();
    const grouped =
      !day && before.kind === "talk" && row.kind === "talk" && before.author === row.author &&
      new Date(row.at) - new Date(before.at) < GROUP_MS;
    const wait = this.waits.get(row.seq);
    // A bubble of one's own keeps its key when its message is acknowledged; others may send any number they like.
    const key = (row.author === this.me && row.client_msg_id) || row.id;
    const known = this.drawnBefore.get(key);
    const same = known?.source === source && known.day === day && known.grouped === grouped && known.wait === wait;
    const item = same ? known.item : drawItem(row, this.me, { key, day, grouped, wait, pending: pending?.state ?? "" });
    this.drawn.set(key, { source, day, grouped, wait, item });
    return item;
  }
}
