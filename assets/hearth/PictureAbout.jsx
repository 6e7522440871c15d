// What the house knows of the picture that is looked at large: what is said of it, the words in it, others that look like
// it. Whoever may say what is on it does so here. What is typed or scrolled in it does not turn the pictures.
import { useEffect, useRef, useState } from "react";
import { Check, Copy, Images, PencilLine, TextQuote, X } from "lucide-react";
import { Picture } from "./Pictures.jsx";
import { copyText } from "./clip.js";
import { showPictures } from "./files.js";
import { useLocale } from "./locale";
import { useLookedAfter } from "./looked_after.js";
import { useAct, useAsked } from "./rest.js";

const CAPTION_MAX = 300;
const stay = (event) => event.stopPropagation();
const APART = { onPointerDown: stay, onPointerMove: stay, onPointerUp: stay, onWheel: stay, onTouchStart: stay, onTouchMove: stay };

function takenWords(at, locale, words) {
  const day = new Intl.DateTimeFormat(locale === "en" ? "en-US" : "ko-KR", { dateStyle: "long", timeZone: "UTC" });
  return words.taken.replace("{date}", day.format(new Date(`${at}Z`)));
}

function Writing({ address, caption, words, onSaid, onLeave }) {
  const box = useRef(null);
  const [problem, busy, act] = useAct(words);
  useEffect(() => box.current?.focus(), []);

  async function save(event) {
    event.preventDefault();
    const said = await act("PUT", `${address}/caption`, { caption: box.current.value });
    if (said) onSaid(said);
  }
  function leaveByKey(event) {
    event.stopPropagation();
    if (event.key === "Escape" && !event.nativeEvent.isComposing) onLeave();
  }
  return (
    <form className="picture-writing" onSubmit={save} onKeyDown={leaveByKey}>
      <span className="field">
        <input
          ref={box} type="text" defaultValue={caption} maxLength={CAPTION_MAX} aria-label={words.caption_label}
          placeholder={words.caption_hint} autoComplete="off" enterKeyHint="done"
        />
      </span>
      <button type="submit" className="icon-button" disabled={busy} aria-label={words.caption_save} title={words.caption_save}>
        <Check aria-hidden="true" />
      </button>
      <button type="button" className="icon-button" onClick={onLeave} aria-label={words.caption_leave} title={words.caption_leave}>
        <X aria-hidden="true" />
      </button>
      {problem && <p className="picture-problem" role="alert">{problem}</p>}
    </form>
  );
}

// `address`: of the picture, over REST; `none`: what stands there while nothing is said of it.
function Caption({ address, about, none = "", words, onSaid }) {
  const [writing, setWriting] = useState(false);
  const locale = useLocale();
  const again = useRef(null);
  const wrote = useRef(false);
  useEffect(() => {
    if (wrote.current && !writing) again.current?.focus(); // once it is drawn, however long that takes
    wrote.current = writing;
  }, [writing]);
  const leave = () => setWriting(false);
  const said = (now) => {
    onSaid(now);
    leave();
  };
  if (writing) return <Writing address={address} caption={about.caption} words={words} onSaid={said} onLeave={leave} />;
  const label = about.caption ? words.caption_edit : words.caption_add;
  return (
    <div className="picture-said">
      <p className="picture-caption" dir="auto">
        {about.caption || <span className="muted">{none}</span>}
        {about.by === "model" && <span className="picture-by">{words.by_model}</span>}
        {about.taken_at && <span className="picture-by">{takenWords(about.taken_at, locale, words)}</span>}
      </p>
      {about.may_caption && (
        <button ref={again} type="button" className="icon-button" onClick={() => setWriting(true)} aria-label={label} title={label}>
          <PencilLine aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

function WordsIn({ text, words }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied && setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="picture-words">
      <p dir="auto" tabIndex={0} aria-label={words.words}>{text}</p>
      <button type="button" className="button plain" onClick={async () => setCopied(await copyText(text))}>
        {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        <span role="status">{copied ? words.copied : words.copy}</span>
      </button>
    </div>
  );
}

// Opened, the picture itself comes first among those like it, so that the way back is one step.
function Alike({ file, words }) {
  const [{ data, problem }] = useAsked(`/api/files/${file.id}/alike`, words);
  const here = window.location.pathname;
  const found = (data?.pictures ?? []).map((one) => ({
    ...one.file,
    jump: one.message && here.includes(one.room) ? { id: one.message, seq: one.seq } : undefined,
  }));
  if (problem) return <p className="picture-problem" role="alert">{problem}</p>;
  if (!data) return <p className="picture-none" role="status">{words.looking}</p>;
  if (!found.length) return <p className="picture-none" role="status">{words.no_alike}</p>;
  return (
    <div className="picture-alike" role="group" aria-label={words.alike}>
      {found.map((one, index) => (
        <Picture key={one.id} file={one} words={words} onOpen={() => showPictures([file, ...found], index + 1)} />
      ))}
    </div>
  );
}

function About({ file, words }) {
  const [{ data }] = useAsked(`/api/files/${file.id}/about`, words);
  const [said, setSaid] = useState(null);
  const [open, setOpen] = useState("");
  const about = said ?? data;
  if (!about) return null;
  const parts = [
    ...(about.words ? [["words", TextQuote, words.words]] : []),
    ...(about.ready ? [["alike", Images, words.alike]] : []),
  ];
  if (!about.caption && !about.may_caption && !about.taken_at && !parts.length) return null;
  return (
    <div className="picture-about" role="group" aria-label={words.about} {...APART}>
      {open === "words" && <WordsIn text={about.words} words={words} />}
      {open === "alike" && <Alike file={file} words={words} />}
      <div className="picture-line">
        <Caption address={`/api/files/${file.id}`} about={about} words={words} onSaid={setSaid} />
        {parts.map(([name, Sign, label]) => (
          <button
            key={name} type="button" className="icon-button" aria-pressed={open === name} aria-label={label} title={label}
            onClick={() => setOpen(open === name ? "" : name)}
          >
            <Sign aria-hidden="true" />
          </button>
        ))}
      </div>
    </div>
  );
}

// Below a picture of a library. `onSaid`: what is said of it now, for whoever draws it.
export function ShelvedAbout({ document, words, onSaid }) {
  const address = `/api/documents/${document.id}`;
  const [{ data }, again] = useAsked(`${address}/about`, words);
  const [said, setSaid] = useState(null);
  const about = said ?? data;
  useLookedAfter((id) => id === document.id, again); // others may say something else of it
  useEffect(() => setSaid(null), [data]);
  useEffect(() => {
    if (about) onSaid(about.caption);
  }, [about]);
  if (!about || (!about.caption && !about.may_caption)) return null;
  return (
    <div className="picture-shelved" role="group" aria-label={words.about}>
      <Caption address={address} about={about} none={words.caption_add} words={words} onSaid={setSaid} />
    </div>
  );
}

// Another picture is another part: nothing that was typed or opened for the one before stays.
export function PictureAbout({ file, words }) {
  return file && !file.url ? <About key={file.id} file={file} words={words} /> : null;
}
