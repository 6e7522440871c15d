// The day of the topmost row, above the talk while it scrolls past; pressed, it asks for another day and goes there.
import { useRef } from "react";
import { roomStore } from "$/public/hearth/feed";
import { useLocale } from "$/public/hearth/locale";
import { day } from "$/public/hearth/time";

// A Date as the box writes it, in the reader's own time zone.
const written = (date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => `${part}`.padStart(2, "0")).join("-");

export function TalkDate({ at, label, shown }) {
  const box = useRef(null);
  const locale = useLocale();
  if (!shown || !at) return null;

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
    <div className="talk-date">
      <button type="button" title={label} onClick={ask}>
        {day(at, locale)}
        <span className="visually-hidden"> · {label}</span>
      </button>
      <input ref={box} type="date" tabIndex={-1} aria-hidden="true" max={written(new Date())} onChange={go} />
    </div>
  );
}
