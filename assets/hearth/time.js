// Moments in the reader's language and time zone. They come from the server as ISO 8601 in UTC.
import { useSyncExternalStore } from "react";

const TAGS = { ko: "ko-KR", en: "en-US" };
const STEPS = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86400],
  ["month", 2629800],
  ["year", 31557600],
];
const made = new Map();

// Formatters are dear to make: one for each use and language.
function formatter(kind, locale, make) {
  const key = kind + locale;
  if (!made.has(key)) {
    made.set(key, make(TAGS[locale] ?? TAGS.ko));
  }
  return made.get(key);
}

function read(iso) {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

// "오후 6:02", "6:02 PM"
export function clock(iso, locale) {
  const moment = read(iso);
  const options = { hour: "numeric", minute: "2-digit" };
  const words = formatter("clock", locale, (tag) => new Intl.DateTimeFormat(tag, options));
  return moment ? words.format(moment).replace(/\u202f/g, " ") : "";
}

// "2026년 11월 21일 토요일", "Saturday, November 21, 2026"
export function day(iso, locale) {
  const moment = read(iso);
  const options = { year: "numeric", month: "long", day: "numeric", weekday: "long" };
  const words = formatter("day", locale, (tag) => new Intl.DateTimeFormat(tag, options));
  return moment ? words.format(moment) : "";
}

// "5분 전", "yesterday"; the last minute is "now". Future moments (a clock that runs fast) are "now" too.
export function ago(iso, locale, now = Date.now()) {
  const moment = read(iso);
  if (!moment) {
    return "";
  }
  const words = formatter("ago", locale, (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
  const seconds = Math.max(0, (now - moment.getTime()) / 1000);
  const [unit, size] = STEPS.findLast(([, length]) => seconds >= length) ?? ["second", Infinity];
  return words.format(-Math.floor(seconds / size) || 0, unit);
}

// "11월 22일 오후 6:02", "Nov 22, 6:02 PM"
export function moment(iso, locale) {
  const when = read(iso);
  const options = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  const words = formatter("moment", locale, (tag) => new Intl.DateTimeFormat(tag, options));
  return when ? words.format(when).replace(/\u202f/g, " ") : "";
}

export const isAhead = (iso) => Boolean(iso) && new Date(iso).getTime() > Date.now();

const listeners = new Set();
let minute = 0;
let timer = null;

function subscribe(listener) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    minute = Date.now();
    listeners.forEach((each) => each());
  }, 30_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = null;
    }
  };
}

function thisMinute() {
  minute ||= Date.now();
  return minute;
}

// A moment that moves on twice a minute, so that "1 minute ago" grows old by itself.
export function useNow() {
  return useSyncExternalStore(subscribe, thisMinute, () => 0);
}
