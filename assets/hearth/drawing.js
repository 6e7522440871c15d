// Rows and what is on its way out, as the items that the page draws. An item is the same object as long as nothing about
// it changed, so that React draws only changed rows again. Knows no server and no page.
import { drawItem } from "./items.js";
import { asRow } from "./outbox.js";

const GROUP_MS = 5 * 60 * 1000;

export class Drawing {
  constructor(me, waits) {
    this.me = me;
    this.waits = waits;
    this.drawn = new Map(); // key -> {source, before, day, grouped, wait, item}
    this.places = new Map(); // seq -> where its item stands
    this.items = [];
  }

  // All of it: costs a look at each row that is held.
  all(rows, outbox) {
    [this.drawnBefore, this.drawn, this.places] = [this.drawn, new Map(), new Map()];
    const items = [];
    let before = null;
    for (const row of rows) {
      this.places.set(row.seq, items.length);
      items.push(this.item(row, before));
      before = row;
    }
    for (const pending of outbox) {
      const row = asRow(pending, this.me);
      items.push(this.item(row, before, pending));
      before = row;
    }
    this.drawnBefore = null;
    this.items = items;
  }

  // One row that is there already and has only grown: no other row is looked at.
  one(row) {
    const place = this.places.get(row.seq);
    if (place === undefined) return;
    const key = this.keyOf(row);
    const { day, grouped, before } = this.drawn.get(key);
    const wait = this.waits.get(row.seq);
    const item = drawItem(row, this.me, { key, day, grouped, wait, pending: "" });
    this.drawn.set(key, { source: row, before, day, grouped, wait, item });
    this.items = [...this.items];
    this.items[place] = item;
  }

  item(row, before, pending = null) {
    const source = pending ?? row;
    const key = this.keyOf(row);
    const known = this.drawnBefore.get(key);
    const wait = this.waits.get(row.seq);
    const near = known?.source === source && known.before === before ? known : this.beside(row, before);
    const { day, grouped } = near;
    const same = known?.source === source && known.day === day && known.grouped === grouped && known.wait === wait;
    const item = same ? known.item : drawItem(row, this.me, { key, day, grouped, wait, pending: pending?.state ?? "" });
    this.drawn.set(key, { source, before, day, grouped, wait, item });
    return item;
  }

  beside(row, before) {
    const day = !before || new Date(before.at).toDateString() !== new Date(row.at).toDateString();
    const grouped =
      !day && before.kind === "talk" && row.kind === "talk" && before.author === row.author &&
      new Date(row.at) - new Date(before.at) < GROUP_MS;
    return { day, grouped };
  }

  // A bubble of one's own keeps its key when its message is acknowledged; others may send any number they like.
  keyOf(row) {
    return (row.author === this.me && row.client_msg_id) || row.id;
  }
}
