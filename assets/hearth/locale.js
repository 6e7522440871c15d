// The reader's language, kept in the browser: a cookie, so that the API speaks it too.
import { useSyncExternalStore } from "react";

const COOKIE = "hearth_locale";
const listeners = new Set();

function saved() {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  const value = found?.slice(COOKIE.length + 1);
  return value === "ko" || value === "en" ? value : null;
}

let current = null;

export function locale() {
  if (current === null) {
    const asked = navigator.language?.slice(0, 2).toLowerCase();
    const house = document.documentElement.lang === "en" ? "en" : "ko"; // HEARTH_DEFAULT_LOCALE, in the built page
    current = saved() ?? (asked === "ko" || asked === "en" ? asked : house);
    document.documentElement.lang = current;
  }
  return current;
}

export function setLocale(value) {
  current = value === "en" ? "en" : "ko";
  document.documentElement.lang = current;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${COOKIE}=${current}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// The page is drawn once on the build machine, in Korean; the browser's own language follows at once.
export function useLocale() {
  return useSyncExternalStore(subscribe, locale, () => "ko");
}
