// Short lines that come up for a while: what was done and how to take it back, what went wrong. One that is left for the
// next page outlives a full load. Draws nothing.
import { useSyncExternalStore } from "react";

const KEY = "hearth_note";
const NONE = [];
const listeners = new Set();
let notes = null;
let count = 0;

// What was left for this page; it is there once.
export function takeLeft() {
  try {
    const note = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    return note && note.until > Date.now() ? [{ ...note, id: ++count }] : NONE;
  } catch {
    return NONE;
  }
}

function current() {
  notes ??= takeLeft();
  return notes;
}

function show(next) {
  notes = next;
  listeners.forEach((listener) => listener());
}

// `undo`: {label, method, action, next}, what a button in it asks of the house and where to go then.
export function note(words, { undo = null, seconds = 6, bad = false } = {}) {
  show([...current().slice(-2), { id: ++count, words, undo, bad, until: Date.now() + seconds * 1000 }]);
}

export function isLeft() {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

// The same for a page that is about to be loaded.
export function leaveNote(words, { undo = null, seconds = 15 } = {}) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ words, undo, bad: false, until: Date.now() + seconds * 1000 }));
  } catch {
    // storage is forbidden: it is done all the same
  }
}

export function dropNote(id) {
  show(current().filter((one) => one.id !== id));
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useNotes() {
  return useSyncExternalStore(subscribe, current, () => NONE);
}
