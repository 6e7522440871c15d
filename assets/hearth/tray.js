// Pictures and files that are to go with the next message: on their way to the house, there, or refused. Knows no page.
import { useSyncExternalStore } from "react";
import { saveFiles, savedFiles } from "./draft.js";
import { takeBack, uploadFile } from "./uploads.js";

const MOST = 10;
const AT_ONCE = 2; // uploads side by side; the others wait their turn
const NONE = [];
const trays = new Map(); // person and room -> Tray: uploads go on while another room is looked at
let count = 0;

// `failed`: it is not there; `again`: it may be tried again; `problem`: why, in the house's words, if it said so.
function entry(file, view = null) {
  count += 1;
  const image = view ? view.kind === "image" : file.type.startsWith("image/");
  const preview = view ? (image ? `/api/files/${view.id}/thumb` : "") : image ? URL.createObjectURL(file) : "";
  return {
    key: `file-${count}`, name: view?.name ?? file.name, image, preview, file, view, part: 0, abort: null, resting: false,
    failed: false, again: false, gone: false, problem: "",
  };
}

class Tray {
  constructor(owner, room) {
    Object.assign(this, { owner, room, listeners: new Set() });
    this.entries = savedFiles(owner).map((view) => entry(null, view));
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get ready() {
    return this.entries.every(({ view }) => view);
  }

  get failed() {
    return this.entries.some(({ failed }) => failed);
  }

  get views() {
    return this.entries.map(({ view }) => view).filter(Boolean);
  }

  // Returns how many were too many.
  add(files) {
    const fit = files.slice(0, MOST - this.entries.length);
    this.put([...this.entries, ...fit.map((file) => entry(file))]);
    return files.length - fit.length;
  }

  put(entries) {
    this.entries = entries;
    saveFiles(this.owner, this.views);
    this.start();
    this.tell();
  }

  set(key, changes) {
    this.put(this.entries.map((one) => (one.key === key ? { ...one, ...changes } : one)));
  }

  progress(key, part) {
    this.entries = this.entries.map((one) => (one.key === key ? { ...one, part } : one));
    this.tell();
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }

  start() {
    const busy = this.entries.filter(({ abort }) => abort).length;
    const waits = ({ view, failed, abort, resting }) => !view && !failed && !abort && !resting;
    const next = this.entries.filter(waits).slice(0, Math.max(0, AT_ONCE - busy));
    next.forEach((one) => this.bring(one));
  }

  async bring({ key, file }) {
    const abort = new AbortController();
    this.entries = this.entries.map((one) => (one.key === key ? { ...one, abort } : one));
    try {
      const view = await uploadFile(this.room, file, { onProgress: (part) => this.progress(key, part), signal: abort.signal });
      this.set(key, { view, abort: null });
    } catch ({ kind, words, wait }) {
      if (kind === "aborted") return;
      if (kind === "busy") this.rest(key, wait);
      else this.set(key, { abort: null, part: 0, failed: true, again: kind !== "refused", problem: words });
    }
  }

  // The house takes so many at a time: this one comes a little later by itself.
  rest(key, seconds) {
    this.set(key, { abort: null, part: 0, resting: true });
    setTimeout(() => this.set(key, { resting: false }), seconds * 1000);
  }

  retry(key) {
    this.set(key, { failed: false, problem: "" });
  }

  retryAll() {
    this.entries.filter(({ failed, again }) => failed && again).forEach(({ key }) => this.retry(key));
  }

  // The house has it no more: it was sent from elsewhere, or had waited for too long.
  lose(key) {
    this.set(key, { view: null, failed: true, gone: true });
  }

  // Another file in the place of this one: a picture that was cut.
  replace(key, file) {
    this.letGo(this.entries.find((one) => one.key === key));
    this.put(this.entries.map((one) => (one.key === key ? { ...entry(file), key } : one)));
  }

  remove(key) {
    this.letGo(this.entries.find((one) => one.key === key));
    this.put(this.entries.filter((one) => one.key !== key));
  }

  move(key, by) {
    const from = this.entries.findIndex((one) => one.key === key);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.entries.length) return;
    const entries = [...this.entries];
    entries.splice(to, 0, ...entries.splice(from, 1));
    this.put(entries);
  }

  // They belong to a message now.
  empty() {
    this.entries.forEach(({ file, preview }) => file && preview && URL.revokeObjectURL(preview));
    this.put(NONE);
  }

  letGo(one) {
    one?.abort?.abort();
    if (one?.view) takeBack(one.view.id);
    if (one?.file && one.preview) URL.revokeObjectURL(one.preview);
  }
}

function trayOf(owner, room) {
  if (!trays.has(owner)) trays.set(owner, new Tray(owner, room));
  return trays.get(owner);
}

if (typeof window !== "undefined") window.addEventListener("online", () => trays.forEach((tray) => tray.retryAll()));

// What `owner` (a person in a room) is about to send.
export function useTray(owner, room) {
  const tray = trayOf(owner, room);
  useSyncExternalStore(tray.subscribe, () => tray.entries, () => NONE);
  return tray;
}
