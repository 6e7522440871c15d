// Whether the side panel is open: this browser's own choice, kept in it.
import { useSyncExternalStore } from "react";

const KEY = "hearth_side";
const listeners = new Set();
let open = null;

function isOpen() {
  if (open === null) {
    try {
      open = localStorage.getItem(KEY) !== "closed";
    } catch {
      open = true; // storage is forbidden: open, and not remembered
    }
  }
  return open;
}

export function toggleSide() {
  open = !isOpen();
  try {
    localStorage.setItem(KEY, open ? "open" : "closed");
  } catch {
    // as above
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSide() {
  return useSyncExternalStore(subscribe, isOpen, () => true);
}
