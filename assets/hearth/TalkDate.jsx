// The day of the topmost row, above the talk while somebody scrolls through what was; pressed, it asks for another day and
// goes there. At rest, and at the newest line, it is out of the way of what it would cover.
import { useEffect, useRef, useState } from "react";
import { roomStore } from "$/public/hearth/feed";
import { useLocale } from "$/public/hearth/locale";
import { day } from "$/public/hearth/time";

const REST_MS = 2000;
const NEAR_PX = 80; // of the newest line: there a talk scrolls by itself

// Whether the talk around `place` was scrolled just now, away from its newest line.
function useStirred(place, here) {
  const [stirred, setStirred] = useState(false);
  useEffect(() => {
    const talk = here ? place.current?.parentElement : null;
    if (!talk) return undefined;
    let timer = 0;
    const stir = () => {
      clearTimeout(timer);
      setStirred(talk.scrollHeight - talk.clientHeight - talk.scrollTop > NEAR_PX);
      timer = setTimeout(() => setStirred(false), REST_MS);
    };
    talk.addEventListener("scroll", stir, { passive: true });
    return () => {
      clearTimeout(timer);
      talk.removeEventListener("scroll", stir);
    };
  }, [here]);
  return stirred;
}

// A Date as the box writes it, in the reader's own time zone.
const written = (date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => `${part}`.padStart(2, "0")).join("-");

export function TalkDate({ at, label, shown }) {
  const box = useRef(null);
  const place = useRef(null);
  const locale = useLocale();
  const here = shown && Boolean(at);
  const stirred = useStirred(place, here);
  if (!here) return null;

  function ask() {
    box.current.value = written(new Date(at));
    if (box.current.showPicker) box.current.showPicker();
    else box.current.focus();
  }

  function go({ target }) {
    const [year, month, date] = target.value.split("-").map(Number);
    if (year) roomStore()?.jumpToDate(new Date(year, month - 1, date));
  }

  return (
    <div ref={place} className={stirred ? "talk-date stirred" : "talk-date"}>
      <button type="button" title={label} onClick={ask}>
        {day(at, locale)}
        <span className="visually-hidden"> · {label}</span>
      </button>
      <input ref={box} type="date" tabIndex={-1} aria-hidden="true" max={written(new Date())} onChange={go} />
    </div>
  );
}
