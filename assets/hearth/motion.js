// Whether things may move by themselves: not for who asked the system for stillness, nor for who wants the fire still.
import { useSyncExternalStore } from "react";
import { usePreferences } from "./prefs.js";

const QUERY = "(prefers-reduced-motion: reduce)";

function watch(listener) {
  const query = matchMedia(QUERY);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useMotion() {
  const still = useSyncExternalStore(watch, () => matchMedia(QUERY).matches, () => true);
  return usePreferences().fire !== "still" && !still;
}
