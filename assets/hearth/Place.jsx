// Where an answer stands in line. Between two tellings of the server the seconds run down here, by themselves.
import { useEffect, useState } from "react";
import { useLocale } from "$/public/hearth/locale";

const MINUTES_FROM = 90; // seconds; a longer wait is told in minutes
const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };
const ordinals = new Intl.PluralRules("en", { type: "ordinal" });

function left(seconds, { words, minuteWords, soonWords }) {
  if (seconds <= 0) return soonWords;
  if (seconds < MINUTES_FROM) return words.replace("{count}", seconds);
  return minuteWords.replace("{count}", Math.ceil(seconds / 60));
}

export function Place({ place, until, placeWords, nextWords, words, minuteWords, soonWords, children }) {
  const [now, setNow] = useState(() => Date.now());
  const english = useLocale() === "en";
  useEffect(() => {
    setNow(Date.now());
    if (!until) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [until]);
  const count = english ? `${place}${ENDINGS[ordinals.select(place)]}` : `${place}`;
  const told = until ? ` · ${left(Math.ceil((until - now) / 1000), { words, minuteWords, soonWords })}` : "";
  return (
    <span className="place">
      {children}
      {place === 1 ? nextWords : placeWords.replace("{place}", count)}
      {told}
    </span>
  );
}
