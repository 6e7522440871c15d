// What a reader has put away: for good, kept in this browser, or until it is said again, in this page's memory alone.
import { useSyncExternalStore } from "react";

const KEY = "hearth_away";
const listeners = new Set();
let away = null;

function stored() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(names) ? names : [];
  } catch {
    return []; // storage is forbidden, or not ours: nothing is put away
  }
}

function current() {
  away ??= stored();
  return away;
}

export function putAway(name, forGood) {
  away = [...new Set([...current(), name])];
  if (forGood) {
    try {
      localStorage.setItem(KEY, JSON.stringify([...new Set([...stored(), name])]));
    } catch {
      // as above: it comes back with the next page
    }
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const NONE = [];

export function useAway() {
  return useSyncExternalStore(subscribe, current, () => NONE);
}
