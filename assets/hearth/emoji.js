// All emoji with their names in the reader's language, fetched from this house when somebody looks for one.
import { useEffect, useState } from "react";

const NONE = [];
const known = new Map(); // locale -> [{unicode, label, tags}]

async function load(locale) {
  const { default: all } = await (locale === "ko" ? import("emojibase-data/ko/data.json") : import("emojibase-data/en/data.json"));
  return all.filter(({ label }) => label).map(({ emoji, label, tags }) => ({ unicode: emoji, label, tags: tags ?? [] }));
}

export function useEmoji(wanted, locale) {
  const [all, setAll] = useState(known.get(locale) ?? NONE);
  useEffect(() => {
    if (!wanted) return undefined;
    let current = true;
    (async () => {
      if (!known.has(locale)) known.set(locale, await load(locale).catch(() => NONE));
      if (current) setAll(known.get(locale));
    })();
    return () => {
      current = false;
    };
  }, [wanted, locale]);
  return all;
}
