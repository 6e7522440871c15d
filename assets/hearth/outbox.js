// What one person has said in a room and the house has not yet told back: drawn at once, kept over a reload, sent until
// it is acknowledged. Knows no rows and no page; store.js draws it below the talk.
const ACK_MS = 10_000;
const STALE_MS = 2_000;

// crypto.randomUUID is missing on plain http, where phones of the house come from.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Outbox {
  constructor({ room, me, transmit, changed }) {
    this.key = `hearth:outbox:${me}:${room}`;
    this.me = me;
    this.transmit = transmit; // (client id, text, {reply, files, config}) -> sends it to the server
    this.changed = changed;
    this.items = this.restored();
    this.held = new Set(); // ids that this tab has had in its outbox: what else is stored belongs to another tab
    this.written = this.items;
  }

  // `reply` is the view of the message that is answered, `files` are views of what was uploaded for this one,
  // `config` is what is set for the answers to it.
  add(text, { reply = null, files = [], config = null } = {}) {
    const pending = { id: newId(), text, reply, files, config, state: "sending", error: null, at: new Date().toISOString() };
    // What has waited for long may have been lost with the line: it goes first again, so that the order stays.
    const waited = this.items.some((item) => item.state === "sending" && Date.now() - Date.parse(item.at) > STALE_MS);
    this.items = [...this.items, pending];
    if (waited) this.resend();
    else this.transmitNow(pending);
    this.changed();
  }

  retry(id) {
    const pending = this.items.find((item) => item.id === id);
    if (!pending) return;
    // What was refused was not kept and may go under a new id: told twice in the same words, Reflex's client would keep
    // the second refusal to itself. What only went unanswered may have been kept and must stay the same message.
    const again = { ...pending, id: pending.error ? newId() : id, state: "sending", error: null };
    this.items = this.items.map((item) => (item === pending ? again : item));
    this.transmitNow(again);
    this.changed();
  }

  // The same id sent twice is one message, so what is not acknowledged is simply sent again, also what was given up while
  // the line was cut: only what was refused waits for its writer.
  resend() {
    this.items = this.items.map((item) => (item.error ? item : { ...item, state: "sending" }));
    this.items.filter((item) => item.state === "sending").forEach((item) => this.transmitNow(item));
  }

  refuse({ id, ko, en }) {
    this.replace(id, { state: "failed", error: { ko, en } });
  }

  transmitNow({ id, text, reply, files, config }) {
    this.transmit(id, text, { reply, files, config });
    setTimeout(() => {
      const late = this.items.find((item) => item.id === id && item.state === "sending");
      if (late && navigator.onLine) this.replace(id, { state: "failed" });
    }, ACK_MS);
  }

  // Taken back by its writer, or the server has it, whether or not its row is among those that this page holds.
  drop(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.changed();
  }

  replace(id, changes) {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...changes } : item));
    this.changed();
  }

  acknowledge(rows) {
    const kept = new Set(rows.filter((row) => row.author === this.me).map((row) => row.client_msg_id));
    if (kept.size && this.items.some((item) => kept.has(item.id)))
      this.items = this.items.filter((item) => !kept.has(item.id));
  }

  restored() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "[]");
    } catch {
      return [];
    }
  }

  // Another tab of the same person keeps its unsent messages under the same key: they are left as they are.
  remember() {
    if (this.written === this.items) return;
    [...this.written, ...this.items].forEach((item) => this.held.add(item.id));
    this.written = this.items;
    const all = [...this.restored().filter((item) => !this.held.has(item.id)), ...this.items];
    all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)); // a later page sends them in the order in which they were said
    try {
      if (all.length) localStorage.setItem(this.key, JSON.stringify(all));
      else localStorage.removeItem(this.key);
    } catch {
      // A full or forbidden store: the outbox still lives as long as the tab.
    }
  }
}

// A row as the server would tell it, for drawing what it has not told yet.
export function asRow(pending, me) {
  return {
    seq: 0, id: pending.id, kind: "talk", status: "complete", author: me, name: "", name_en: "", is_ai: false,
    client_msg_id: pending.id, text: pending.text, notice: null, error: pending.error, figures: null, at: pending.at,
    edited: false, deleted: false, pinned: false, reactions: [], mentions: [],
    reply: pending.reply ?? null, files: pending.files ?? [],
  };
}
