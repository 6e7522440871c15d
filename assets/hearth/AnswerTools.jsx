// What can be done with an answer, below it: again, another of its versions, up or down, copy, quote; and below the newest
// answer what one might ask next. Its buttons are reached by Tab from their row alone (touch.js).
import { memo, useEffect, useState } from "react";
import { Check, ChevronLeft, ChevronRight, Copy, Quote, RotateCcw, ThumbsDown, ThumbsUp } from "lucide-react";
import { addressed, again, choose, followUps, noted, quoted, rate } from "$/public/hearth/answers";
import { copyText } from "$/public/hearth/clip";
import { roomStore, useNewestAnswer } from "$/public/hearth/feed";
import { useLocale } from "$/public/hearth/locale";
import { usePreferences } from "$/public/hearth/prefs";
import { openRatings, useRating } from "$/public/hearth/ratings";

const SHOWN_MS = 2000; // how long a done copy is marked
const KEEPERS = ["owner", "moderator"];
const put = (text) => window.dispatchEvent(new CustomEvent("hearth:say", { detail: { text } }));

// One that may not be pressed now keeps the focus: a disabled button would drop it.
function Tool({ icon: Icon, label, onClick, off = false, ...more }) {
  const press = (event) => off || onClick(event);
  return (
    <button
      type="button" className="answer-tool" aria-label={label} title={label} tabIndex={-1}
      aria-disabled={off || undefined} onClick={press} {...more}
    >
      <Icon size={17} aria-hidden="true" />
    </button>
  );
}

function Picker({ version, versions, mayChoose, busy, words, onChoose }) {
  const step = (icon, label, number) => (
    <Tool icon={icon} label={label} off={busy || number < 1 || number > versions} onClick={() => onChoose(number)} />
  );
  const place = words.version.replace("{number}", version).replace("{count}", versions);
  return (
    <span className="answer-picker" role="group" aria-label={words.versions}>
      {mayChoose && step(ChevronLeft, words.earlier, version - 1)}
      <span className="answer-version" role="status" aria-label={place}>{version}/{versions}</span>
      {mayChoose && step(ChevronRight, words.later, version + 1)}
    </span>
  );
}

function Thumbs({ room, message, version, words }) {
  const mine = useRating(message, version);
  const give = (value) => rate(room, message, version, mine === value ? 0 : value, words).then(noted);
  return (
    <>
      <Tool icon={ThumbsUp} label={words.up} aria-pressed={mine === 1} onClick={() => give(1)} />
      <Tool icon={ThumbsDown} label={words.down} aria-pressed={mine === -1} onClick={() => give(-1)} />
    </>
  );
}

function CopyTool({ message, words }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => copyText(roomStore()?.rowOf(message)?.text ?? "").then(setDone);
  return <Tool icon={done ? Check : Copy} label={done ? words.copied : words.copy} onClick={copy} />;
}

function quote(message) {
  const begun = document.getElementById("composer")?.value ?? "";
  put(`${begun && !begun.endsWith("\n") ? "\n" : ""}${quoted(roomStore()?.rowOf(message)?.text ?? "")}`);
}

// Only below the newest answer, and not for who wants it simple.
function Chips({ room, message, version, newest, name, words }) {
  const plain = usePreferences().level === "basic";
  const [found, setFound] = useState([]);
  useEffect(() => {
    let wanted = true;
    setFound([]);
    if (newest && !plain) followUps(room, message, version).then((chips) => wanted && setFound(chips));
    return () => {
      wanted = false;
    };
  }, [newest, plain, message, version]);
  if (!newest || plain || found.length === 0) return null;
  return (
    <ul className="follow-ups" role="list" aria-label={words.follow_ups}>
      {found.map((text) => (
        <li key={text}>
          <button type="button" className="follow-up" onClick={() => put(addressed(text, name))}>{text}</button>
        </li>
      ))}
    </ul>
  );
}

// `alone`: nobody but this AI listens here, it need not be called.
export const AnswerTools = memo(function AnswerTools({
  room, role, alone, message, version, versions, asked, hasText, name, nameEn, words,
}) {
  const [busy, setBusy] = useState(false);
  const own = useLocale() === "ko" ? name : nameEn;
  const newest = useNewestAnswer() === message;
  const mayChoose = asked || KEEPERS.includes(role);
  useEffect(() => {
    if (room) openRatings(room);
  }, [room]);

  async function ask(what) {
    if (busy) return;
    setBusy(true);
    noted(await what());
    setBusy(false);
  }

  // The tools go while it grows: whoever came by keyboard stays with the row.
  function repeat({ currentTarget }) {
    if (currentTarget.matches(":focus-visible")) currentTarget.closest(".row")?.focus({ preventScroll: true });
    ask(() => again(room, message, words));
  }

  return (
    <>
      <span className={newest ? "answer-tools newest" : "answer-tools"}>
        {versions > 1 && (
          <Picker
            version={version} versions={versions} mayChoose={mayChoose} busy={busy} words={words}
            onChoose={(number) => ask(() => choose(room, message, number, words))}
          />
        )}
        {mayChoose && (hasText || versions > 1) && <Tool icon={RotateCcw} label={words.again} off={busy} onClick={repeat} data-needs="box" />}
        {hasText && (
          <>
            <Thumbs room={room} message={message} version={version} words={words} />
            <CopyTool message={message} words={words} />
            <Tool icon={Quote} label={words.quote} onClick={() => quote(message)} data-needs="box" />
          </>
        )}
      </span>
      <Chips room={room} message={message} version={version} newest={newest} name={alone ? "" : own} words={words} />
    </>
  );
});
