// What lies in one library, that of a room or (without one) the reader's own shelf: asked for once, kept true by what the
// house tells of each document, and looked at again while something is under way there. Knows no page.
import { useEffect, useSyncExternalStore } from "react";
import { ask } from "./rest.js";
import { onNews, onSignal, openRoom } from "./signals.js";
import { sendFile, wholeName } from "./uploads.js";

const LISTED = 200; // documents a page
const AT_ONCE = 2; // uploads side by side; the others wait their turn
const LOOK_MS = 2_000; // what is told may be lost: so often those under way are asked about
const LOOKED_AT = 4; // of them
const NONE = [];
const UNDER_WAY = ["waiting", "reading", "cutting", "embedding"];
const shelves = new Map(); // room, "" for the shelf -> Shelf: uploads go on while another page is looked at
let count = 0;

export const isUnderWay = ({ status }) => UNDER_WAY.includes(status);
const asked = (path, method = "GET", body = undefined) => ask(path, method, body).catch(() => ({ ok: false, offline: true, said: {} }));
const problemOf = ({ offline, said }) => (offline ? "offline" : (said.detail ?? "unexpected"));
const of = (room) => (room ? `room=${encodeURIComponent(room)}` : "");

class Shelf {
  constructor(room) {
    Object.assign(this, { room, listeners: new Set(), timer: null, heard: 0 });
    this.view = { state: "loading", problem: "", documents: NONE, collections: NONE, used: 0, limit: 0, more: false, uploads: NONE };
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.timer = setInterval(() => this.lookAfter(), LOOK_MS);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) clearInterval(this.timer);
    };
  };

  put(changes) {
    this.view = { ...this.view, ...changes };
    this.listeners.forEach((listener) => listener());
  }

  // --- what is there

  async load() {
    const [found, kept] = await Promise.all([asked(this.list()), asked(`/api/collections?${of(this.room)}`)]);
    if (!found.ok) {
      this.put({ state: this.view.state === "here" ? "here" : "failed", problem: problemOf(found) });
      return;
    }
    const { documents, used_bytes: used = 0, limit_bytes: limit = 0 } = found.said;
    const more = documents.length === LISTED;
    this.put({ state: "here", problem: "", documents, used, limit, more, collections: kept.ok ? kept.said.collections : this.view.collections });
  }

  list(before = "") {
    return `/api/documents?${[of(this.room), `limit=${LISTED}`, before && `before=${before}`].filter(Boolean).join("&")}`;
  }

  // Those that were brought before the oldest that is shown.
  async loadOlder() {
    const found = await asked(this.list(this.view.documents.map(({ id }) => id).sort()[0])); // ids grow with time
    if (!found.ok) return this.put({ problem: problemOf(found) });
    const { said } = found;
    const known = new Set(this.view.documents.map(({ id }) => id));
    const older = said.documents.filter(({ id }) => !known.has(id));
    return this.put({ problem: "", documents: [...this.view.documents, ...older], more: said.documents.length === LISTED });
  }

  async look(id) {
    const { ok, said } = await asked(`/api/documents/${id}`);
    if (ok) this.take(said);
    else if (said.status === 404) this.drop(id);
  }

  // A document as the house has it now; a new one stands first.
  take(document) {
    const { documents } = this.view;
    const known = documents.some(({ id }) => id === document.id);
    this.put({ documents: known ? documents.map((one) => (one.id === document.id ? document : one)) : [document, ...documents] });
  }

  drop(id) {
    const gone = this.view.documents.find((one) => one.id === id);
    if (!gone) return;
    this.put({ documents: this.view.documents.filter((one) => one !== gone), used: Math.max(0, this.view.used - gone.size_bytes) });
  }

  // The house tells: [id, status, done, total, error].
  hear(id, status, done = 0, total = 0, error = "") {
    if (this.view.state !== "here") return;
    this.heard = Date.now();
    const known = this.view.documents.find((one) => one.id === id);
    if (status === "removed") this.drop(id);
    else if (!known) this.look(id);
    else if (UNDER_WAY.includes(status)) this.take({ ...known, status, done, total, error });
    else this.look(id); // what came of it: its pages, its kind
  }

  lookAfter() {
    if (document.hidden || Date.now() - this.heard < LOOK_MS) return;
    this.view.documents.filter(isUnderWay).slice(0, LOOKED_AT).forEach(({ id }) => this.look(id));
  }

  // --- what is done with it. Each answers "" or what went wrong, in the house's words if it said any ("offline" if nothing).

  async act(method, path, body, then) {
    const answer = await asked(path, method, body);
    if (!answer.ok) return problemOf(answer);
    if (then) then(answer.said);
    else if (answer.said.id) this.take(answer.said);
    return "";
  }

  change = (id, changes) =>
    this.act("PATCH", `/api/documents/${id}`, changes, (said) => (said.room === this.room ? this.take(said) : this.drop(id)));
  again = (id, how) => this.act("POST", `/api/documents/${id}/${how}`, {}); // how: cancel, retry, reindex
  remove = (id) => this.act("DELETE", `/api/documents/${id}`, undefined, () => this.drop(id));
  gather = (name) => this.act("POST", `/api/collections?${of(this.room)}`, { name }, () => this.load());
  renameCollection = (id, name) => this.act("PATCH", `/api/collections/${id}`, { name }, () => this.load());
  scatter = (id) => this.act("DELETE", `/api/collections/${id}`, undefined, () => this.load());

  // --- what is on its way there

  add(files, collection = "") {
    const fresh = files.map((file) => ({
      key: `upload-${++count}`, name: file.name, size: file.size, file, collection, part: 0, abort: null, resting: false, failed: false,
      again: false, twice: false, problem: "",
    }));
    this.put({ uploads: [...this.view.uploads, ...fresh] });
    this.start();
  }

  set(key, changes) {
    this.put({ uploads: this.view.uploads.map((one) => (one.key === key ? { ...one, ...changes } : one)) });
  }

  start() {
    const busy = this.view.uploads.filter(({ abort }) => abort).length;
    const next = this.view.uploads.filter(({ failed, abort, resting }) => !failed && !abort && !resting);
    next.slice(0, Math.max(0, AT_ONCE - busy)).forEach((one) => this.bring(one));
  }

  async bring({ key, file, collection, twice }) {
    const abort = new AbortController();
    this.set(key, { abort });
    const place = [of(this.room), collection && `collection=${encodeURIComponent(collection)}`, `name=${encodeURIComponent(wholeName(file))}`, twice && "again=true"];
    try {
      const onProgress = (part) => this.set(key, { part });
      const came = await sendFile(`/api/documents?${place.filter(Boolean).join("&")}`, file, { onProgress, signal: abort.signal });
      const known = this.view.documents.some(({ id }) => id === came.id);
      this.put({ uploads: this.view.uploads.filter((one) => one.key !== key), used: this.view.used + (known ? 0 : came.size_bytes) });
      this.take(came);
    } catch ({ kind, words, wait, code }) {
      const known = code === "document_twice";
      if (kind === "busy") this.rest(key, wait);
      else if (kind !== "aborted") this.set(key, { abort: null, part: 0, failed: true, again: known || kind !== "refused", twice: known, problem: words ?? "" });
    }
    this.start();
  }

  // The house takes so many at a time: this one comes a little later by itself.
  rest(key, seconds) {
    this.set(key, { abort: null, part: 0, resting: true });
    setTimeout(() => {
      this.set(key, { resting: false });
      this.start();
    }, seconds * 1000);
  }

  retry(key) {
    this.set(key, { failed: false, problem: "" });
    this.start();
  }

  giveUp(key) {
    this.view.uploads.find((one) => one.key === key)?.abort?.abort();
    this.put({ uploads: this.view.uploads.filter((one) => one.key !== key) });
    this.start();
  }
}

export function shelfOf(room) {
  if (!shelves.has(room)) shelves.set(room, new Shelf(room));
  return shelves.get(room);
}

onNews("document", (...told) => shelfOf("").hear(...told));
onSignal("document", (...told) => openRoom() && shelfOf(openRoom().id).hear(...told));

// The library of `room`, "" for the reader's own shelf, looked at anew by whoever comes.
export function useShelf(room) {
  const shelf = shelfOf(room);
  const view = useSyncExternalStore(shelf.subscribe, () => shelf.view, () => shelf.view);
  useEffect(() => {
    shelf.load();
  }, [shelf]);
  return [view, shelf];
}
