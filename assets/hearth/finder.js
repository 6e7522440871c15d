// Asks the house for what somebody looks for while they type: once they pause, one question at a time, and only the
// answer to the newest question counts. Knows no page and no network: both are handed in.
export const PAUSE_MS = 300;
export const SYLLABLE_MS = 700; // a syllable that is being put together may be half of one: it gets longer
export const NOTHING = { state: "idle", found: null, problem: "" };

const midnight = (date, days = 0) => {
  const day = new Date(date);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() + days);
  return day.toISOString();
};

// [from, to] of a choice of time, as the reader's own days; "" for open ends.
export function span(period, first, last, now = new Date()) {
  if (period === "today") return [midnight(now), ""];
  if (period === "week") return [midnight(now, -6), ""];
  if (period === "month") return [midnight(now, -29), ""];
  if (period !== "days") return ["", ""];
  return [first ? midnight(`${first}T00:00`) : "", last ? midnight(`${last}T00:00`, 1) : ""];
}

// The address of a question; "" when there is nothing to ask yet.
export function address({ text, kind, room, person, image, period, first, last }) {
  const [from, to] = span(period, first, last);
  const given = { q: text.trim(), room, person, has: image ? "image" : "", from, to };
  if (!given.q && !person && !image && !from && !to) return "";
  const query = new URLSearchParams({ kind });
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value);
  return `/api/search?${query}`;
}

// Waits, asks, forgets: everything but the drawing.
export class Finder {
  // `tell` takes the new state, or a function from the old one; `fetch` answers {ok, said}.
  constructor({ tell, fetch }) {
    this.tell = tell;
    this.fetch = fetch;
    this.timer = null;
    this.under = null; // the question that is under way
    this.path = "";
  }

  // `pause`: how long the reader must be still before it is asked.
  want(path, pause = PAUSE_MS) {
    if (path === this.path && !this.timer) return;
    if (path !== this.path) this.stop();
    this.path = path;
    clearTimeout(this.timer);
    this.timer = path ? setTimeout(() => this.look(path), pause) : null;
    if (!path) this.tell(NOTHING);
  }

  async look(path, before = null) {
    this.stop();
    clearTimeout(this.timer);
    this.timer = null;
    const own = new AbortController();
    this.under = own;
    this.tell((now) => ({ ...now, state: before ? "more" : "waiting", problem: "" }));
    try {
      const { ok, said } = await this.fetch(before ? `${path}&cursor=${before.next}` : path, own.signal);
      if (this.under !== own) return;
      if (ok) this.tell({ state: "here", found: before ? joined(before, said) : said, problem: "" });
      else this.tell((now) => ({ ...now, state: "failed", problem: said.detail ?? "" }));
    } catch {
      if (this.under === own) this.tell((now) => ({ ...now, state: "failed", problem: "" }));
    } finally {
      if (this.under === own) this.under = null;
    }
  }

  stop() {
    this.under?.abort();
    this.under = null;
  }

  end() {
    clearTimeout(this.timer);
    this.stop();
    this.path = "";
  }
}

function joined(before, after) {
  const messages = [...before.messages, ...after.messages];
  return { ...before, messages, files: before.kind === "files" ? [...before.files, ...after.files] : before.files, next: after.next };
}
