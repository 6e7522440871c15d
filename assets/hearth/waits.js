// Where answers stand in line, with the moment at which each one's turn is expected by this browser's clock: the server
// tells seconds, the page counts them down. Knows no room and no page.
const SAME_WAIT_MS = 1_500; // an estimate that is off by less is the one that is shown already

export class Waits {
  constructor() {
    this.known = new Map(); // seq -> {place, until}; until 0: nobody can tell
  }

  get(seq) {
    return this.known.get(seq);
  }

  // What the fold holds now; a wait is the same object as before where nothing changed. Says whether it is a new one.
  stand(seq, [place, seconds]) {
    const before = this.known.get(seq);
    const until = seconds === null ? 0 : Date.now() + seconds * 1000;
    const same = before?.place === place && !before.until === !until && Math.abs(before.until - until) < SAME_WAIT_MS;
    if (!same) this.known.set(seq, { place, until });
    return !before;
  }

  keepOnly(places) {
    for (const seq of this.known.keys()) if (!places.has(seq)) this.known.delete(seq);
  }
}
