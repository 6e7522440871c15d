// What is unread in a reader's rooms, and in the talks with an AI that belong to them. The house counts once, up to a seq; what is said since, and what is read since, is
// counted here. Knows no page.
const MOST = 200; // said since; further ones are not counted
const NONE = Object.freeze({ unread: 0, mentions: 0 });
const EVERYTHING = 2; // loud: what of a room its member wants to be told of; 1: what calls them, 0: nothing
const UNKNOWN = { unread: 0, mentions: 0, upto: 0, loud: EVERYTHING };
const UNKNOWN_TALK = { ...UNKNOWN, loud: 1 }; // only what calls the reader counts beyond the list of talks

export class Counts {
  constructor() {
    this.read = new Map(); // room -> seq up to which the reader has seen it, as far as this page knows
    this.counted = new Map(); // room -> {unread, mentions, upto, loud}, as the house counted
    this.later = new Map(); // room -> Map seq -> 0|1, said since
    this.parents = new Map(); // talk -> the room that it belongs to
    this.talks = new Map(); // room -> how much is unread in its talks
    this.rooms = new Map(); // room -> {unread, mentions}; the same object as long as it says the same
    this.total = 0; // what the reader wants to be told of
  }

  base(room) {
    return this.counted.get(room) ?? (this.parents.has(room) ? UNKNOWN_TALK : UNKNOWN);
  }

  of(room) {
    return this.rooms.get(room) ?? NONE;
  }

  inTalksOf(room) {
    return this.talks.get(room) ?? 0;
  }

  belongs(talk, room) {
    if (room) this.parents.set(talk, room);
  }

  // The house has counted: [[room, unread, mentions, upto, loud], …]; of a talk also the room it belongs to.
  count(rooms) {
    rooms.forEach(([talk, , , , , room]) => this.belongs(talk, room));
    this.counted = new Map(rooms.map(([room, unread, mentions, upto, loud]) => [room, { unread, mentions, upto, loud }]));
    for (const [room, since] of this.later) {
      for (const seq of since.keys()) if (seq <= this.base(room).upto) since.delete(seq);
      if (!this.counted.has(room)) this.later.delete(room); // they sit there no more
    }
    // Counted before the house heard what this page has seen.
    for (const [room, { upto }] of this.counted) if ((this.read.get(room) ?? 0) >= upto) this.clear(room);
    this.sum();
  }

  // Returns whether it is news: not counted yet, not read.
  said(room, seq, called) {
    const since = this.later.get(room) ?? new Map();
    if (seq <= this.base(room).upto || seq <= (this.read.get(room) ?? 0) || since.has(seq)) return false;
    if (since.size < MOST) this.later.set(room, since.set(seq, called ? 1 : 0));
    this.sum();
    return true;
  }

  // Returns whether that was further than before.
  readTo(room, seq) {
    if (seq <= (this.read.get(room) ?? 0)) return false;
    this.read.set(room, seq);
    if (this.counted.has(room) && seq >= this.base(room).upto) this.clear(room);
    const since = this.later.get(room) ?? new Map();
    for (const said of since.keys()) if (said <= seq) since.delete(said);
    this.sum();
    return true;
  }

  clear(room) {
    this.counted.set(room, { ...this.base(room), unread: 0, mentions: 0 });
  }

  sum() {
    const before = this.rooms;
    this.rooms = new Map();
    this.talks = new Map();
    this.total = 0;
    for (const room of new Set([...this.counted.keys(), ...this.later.keys()])) {
      const { unread, mentions, loud } = this.base(room);
      const since = [...(this.later.get(room)?.values() ?? [])];
      const next = { unread: unread + since.length, mentions: mentions + since.filter(Boolean).length };
      const known = before.get(room);
      this.rooms.set(room, known?.unread === next.unread && known.mentions === next.mentions ? known : next);
      const parent = this.parents.get(room);
      if (parent) this.talks.set(parent, this.inTalksOf(parent) + next.unread);
      if (loud) this.total += loud === EVERYTHING ? next.unread : next.mentions;
    }
  }
}
