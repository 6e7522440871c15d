// What is open on the page: the panel's tab, the lobby's part, a dialog. This browser's own; no handler is called.
import { useSyncExternalStore } from "react";

const values = new Map();
const kept = new Set(["lobby"]); // remembered in this browser; the rest ends with the page
const listeners = new Set();
const before = new Map(); // where the focus was when something was opened

function read(name) {
  if (!values.has(name)) {
    let value = "";
    try {
      value = kept.has(name) ? (localStorage.getItem(`hearth_${name}`) ?? "") : "";
    } catch {
      // storage is forbidden: not remembered
    }
    values.set(name, value);
  }
  return values.get(name);
}

export function choose(name, value) {
  const was = read(name);
  if (was === value) return;
  values.set(name, value);
  try {
    if (kept.has(name)) localStorage.setItem(`hearth_${name}`, value);
  } catch {
    // as above
  }
  if (!was && value) before.set(name, document.activeElement);
  listeners.forEach((listener) => listener());
  if (!value) setTimeout(giveFocusBack, 0, before.get(name));
}

export function toggle(name, value) {
  choose(name, read(name) ? "" : value);
}

function giveFocusBack(node) {
  const nowhere = !document.activeElement || document.activeElement === document.body;
  if (nowhere && node?.isConnected) node.focus();
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useChoice(name) {
  return useSyncExternalStore(subscribe, () => read(name), () => "");
}

const WIDE = "(min-width: 1100px)";

function watchWidth(listener) {
  const query = matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

// Whether the window has room for a panel beside the talk.
export function useWide() {
  return useSyncExternalStore(watchWidth, () => matchMedia(WIDE).matches, () => true);
}
