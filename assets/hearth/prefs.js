// What the reader has set: kept in this browser, so that a page is drawn right from the start, and in the house, so that
// it is the same on every device. Knows no page; the house's word wins when it comes.
import { useSyncExternalStore } from "react";
import { setLocale } from "./locale";

const KEY = "hearth_preferences";
const MARKS = ["font_size", "density", "fire", "level"]; // told to the style sheets, as data-… of the root
export const DEFAULTS = {
  locale: "", theme: "system", font_size: "medium", density: "roomy", enter_sends: true, fire: "lively", sound: false,
  level: "ai", notify: "all", quiet_from: 0, quiet_to: 0, hide_last_seen: false, hide_reads: false,
};
const listeners = new Set();
let current = null;

function stored() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULTS; // storage is forbidden, or not ours
  }
}

export function preferences() {
  current ??= stored();
  return current;
}

export function applyPreferences() {
  const now = preferences();
  for (const name of MARKS) document.documentElement.dataset[name.replace(/_(\w)/, (_, letter) => letter.toUpperCase())] = now[name];
}

// What the house told, or what was just changed here.
export function takePreferences(told) {
  const next = { ...preferences(), ...told };
  if (JSON.stringify(next) === JSON.stringify(preferences())) return;
  const spoken = next.locale !== preferences().locale;
  current = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // it lives as long as the page
  }
  applyPreferences();
  if (spoken && next.locale) setLocale(next.locale);
  listeners.forEach((listener) => listener());
}

// At once here; the house is told behind it. What it did not hear is told again with the next change, or the next page.
export function prefer(name, value) {
  takePreferences({ ...preferences(), [name]: value });
  return fetch("/api/me/preferences", {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, "X-Hearth": "1" },
    body: JSON.stringify({ [name]: value }),
  }).catch(() => null);
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences() {
  return useSyncExternalStore(subscribe, preferences, () => DEFAULTS);
}

// Whether `minutes` of the reader's day lie in their quiet hours, which may go past midnight.
export function isQuiet({ quiet_from: from, quiet_to: to }, minutes) {
  if (from === to) return false;
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}
