// "What I can see": a line above the box that says what the AI of the room hears, and a sheet that says it in full, of
// each that sits there: where its hearing begins, how much it is, and what was left out for which reason.
import { useRef, useState } from "react";
import { CornerUpLeft, Ear, X } from "lucide-react";
import { Dialog } from "@radix-ui/themes";
import { useLocale } from "./locale";
import { usePreferences } from "./prefs.js";
import { keepFolded, keptFolded, useSights } from "./sights.js";
import { moment } from "./time.js";

const BEGINNING = 14; // characters of the first message that the line shows
const COUNTED = 1000; // the house counts no further
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const beginning = (text) => {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length > BEGINNING ? `${letters.slice(0, BEGINNING).join("").trimEnd()}…` : letters.join("");
};

function useNumbers() {
  const locale = useLocale();
  return (value) => value.toLocaleString(locale === "ko" ? "ko-KR" : "en-US");
}

// The whole sentence, and the short one of a narrow window.
function useSaid(sight, words) {
  const numbers = useNumbers();
  const name = useLocale() === "ko" ? sight.name_ko : sight.name_en;
  const values = { name, count: numbers(sight.heard), tokens: numbers(sight.tokens), who: sight.first?.name };
  if (sight.status !== "ready") return [fill(words.asleep, values), words.asleep_short];
  if (!sight.first) return [fill(words.nothing, values), words.nothing_short];
  const text = beginning(sight.first.text);
  return [fill(text ? words.hears : words.hears_shown, { ...values, text }), fill(words.hears_short, values)];
}

function Line({ sights, words }) {
  const [whole, short] = useSaid(sights[0], words);
  const more = sights.length > 1 ? ` · ${fill(words.others, { count: sights.length - 1 })}` : "";
  return (
    <>
      <span className="sight-whole">{`${whole}${more}`}</span>
      <span className="sight-short">{short}</span>
    </>
  );
}

function CutOff({ cut, words }) {
  const numbers = useNumbers();
  const reasons = ["window", "budget", "arrival"].filter((reason) => cut[reason] > 0);
  if (reasons.length === 0 && !cut.shortened) return words.cut_none;
  return (
    <ul className="sight-cut">
      {reasons.map((reason) => (
        <li key={reason}>
          {fill(words[`cut_${reason}`], { count: `${numbers(cut[reason])}${cut[reason] < COUNTED ? "" : "+"}` })}
        </li>
      ))}
      {cut.shortened && <li>{words.cut_shortened}</li>}
    </ul>
  );
}

function Fact({ label, children }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function One({ sight, words, onJump }) {
  const locale = useLocale();
  const numbers = useNumbers();
  const { first } = sight;
  const known = sight.status === "ready";
  const name = locale === "ko" ? sight.name_ko : sight.name_en;
  const share = Math.min(100, Math.round((sight.tokens / Math.max(1, sight.budget)) * 100));
  return (
    <section className="sight-one">
      <h3>{name}</h3>
      {!known && <p>{fill(words.asleep, { name })}</p>}
      <dl className="how-facts">
        {known && (
          <Fact label={words.heard}>
            {fill(words.heard_some, { count: numbers(sight.heard) })}
            {sight.speakers.length > 0 && <span className="muted">{` · ${sight.speakers.join(", ")}`}</span>}
          </Fact>
        )}
        {known && first && (
          <Fact label={words.first}>
            <span className="sight-first">{`${first.name}, ${moment(first.at, locale)}`}</span>
            {first.text && <q>{first.text}</q>}
            <button type="button" className="row-button" onClick={() => onJump(first)}>
              <CornerUpLeft size={14} aria-hidden="true" /> {words.jump}
            </button>
          </Fact>
        )}
        {known && (
          <Fact label={words.length}>
            {fill(words.length_of, { tokens: numbers(sight.tokens), budget: numbers(sight.budget) })}
            <span className="sight-bar" aria-hidden="true"><span style={{ width: `${share}%` }} /></span>
          </Fact>
        )}
        {known && <Fact label={words.cut}><CutOff cut={sight.cut} words={words} /></Fact>}
        {known && sight.pictures > 0 && (
          <Fact label={words.pictures}>{fill(words.pictures_some, { count: numbers(sight.pictures) })}</Fact>
        )}
        {known && sight.passages > 0 && (
          <Fact label={words.passages}>{fill(words.passages_some, { count: numbers(sight.passages) })}</Fact>
        )}
        <Fact label={words.instructed}>{sight.instructed ? words.instructed_yes : words.instructed_no}</Fact>
      </dl>
    </section>
  );
}

function Sheet({ held, words, folded, onFold, onJump, onClose, afterwards }) {
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Content className="dialog how sight-sheet" onCloseAutoFocus={afterwards}>
        <header className="how-head">
          <Dialog.Title className="dialog-title">{words.title}</Dialog.Title>
          <Dialog.Close>
            <button type="button" className="icon-button" aria-label={words.close}><X /></button>
          </Dialog.Close>
        </header>
        <div className="how-body" tabIndex={0}>
          <Dialog.Description className="muted">{words.lead}</Dialog.Description>
          <div className="sight-all" aria-busy={!held.sights && !held.problem}>
            {held.problem && <p className="form-error" role="alert">{held.problem}</p>}
            {held.sights?.length === 0 && <p>{words.nobody}</p>}
            {held.sights?.map((sight) => <One key={sight.id} sight={sight} words={words} onJump={onJump} />)}
          </div>
          <label className="sight-keep">
            <input type="checkbox" checked={!folded} onChange={(event) => onFold(!event.target.checked)} /> {words.keep}
          </label>
        </div>
      </Dialog.Content>
    </Dialog.Root>
  );
}

export function SightStrip({ room, on, words }) {
  const [folded, setFolded] = useState(keptFolded);
  const [open, setOpen] = useState(false);
  const jump = useRef(null); // where to go once the sheet is closed
  const { level } = usePreferences();
  const shown = on && level !== "basic";
  const held = useSights(room, shown && (open || !folded), words);
  const heard = folded ? null : held.sights;
  if (!shown || (!open && heard?.length === 0)) return null;

  function fold(next) {
    keepFolded(next);
    setFolded(next);
  }
  function leave(to) {
    jump.current = to;
    setOpen(false);
  }
  function afterwards(event) {
    if (!jump.current) return;
    event.preventDefault();
    window.dispatchEvent(new CustomEvent("hearth:jump", { detail: { id: jump.current.id, seq: jump.current.seq } }));
    jump.current = null;
  }

  return (
    <>
      <button
        type="button"
        className="sight level-ai"
        title={words.title}
        aria-label={heard?.length ? undefined : words.title}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Ear size={15} aria-hidden="true" />
        {heard?.length > 0 && <Line sights={heard} words={words} />}
      </button>
      {open && (
        <Sheet
          held={held} words={words} folded={folded} onFold={fold} onJump={leave} onClose={() => setOpen(false)}
          afterwards={afterwards}
        />
      )}
    </>
  );
}
