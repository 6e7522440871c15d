// What may be meant by the few letters in front of the caret, as a list above the box. The focus stays in the box: the
// list is steered from there (arrows, Enter, Tab, Escape), as a combobox is.
import { useEffect, useRef, useState } from "react";
import { namesOf } from "./commands";
import { completed, wanted } from "./completion";
import { useEmoji } from "./emoji";
import { ranked } from "./hangul";
import { useLocale } from "./locale";
import { usePeople } from "./people.js";

const SHOWN = 8;
export const LIST = "composer-suggestions";
export const optionId = (at) => `${LIST}-${at}`;

const either = (one, locale) => (locale === "ko" ? one.name_ko : one.name_en);
const escaped = (name) => name.replace(/[[\]\\]/g, "\\$&");

// [{key, put, shown, hint}] for what is being written; `put` is what takes its place.
const FINDERS = {
  "@": (query, { people, ais, me, locale }) => {
    const all = [
      ...ais.map((ai) => ({ id: ai.id, name: either(ai, locale), names: [ai.name_ko, ai.name_en], hint: "AI" })),
      ...people.filter((one) => one.id !== me).map((one) => ({ id: one.id, name: one.name, names: [one.name], hint: "" })),
    ];
    return ranked(query, all, ({ names }) => names).map(({ id, name, hint }) => ({ key: id, put: `@${name}`, shown: name, hint }));
  },
  "#": (query, { rooms, locale }) =>
    ranked(query, rooms, ({ name_ko, name_en }) => [name_ko, name_en]).map((room) => {
      const name = either(room, locale);
      return { key: room.id, put: `[#${escaped(name)}](/room/${room.id})`, shown: `# ${name}`, hint: "" };
    }),
  ":": (query, { emoji }) =>
    ranked(query, emoji, ({ label, tags }) => [label, ...tags]).map(({ unicode, label }) => ({ key: unicode, put: unicode, shown: `${unicode} ${label}`, hint: "" })),
  "/": (query, { commands }) =>
    ranked(query, commands, namesOf).map((one) => ({ key: one.name, put: `/${namesOf(one)[0]}`, shown: `/${namesOf(one)[0]}`, hint: one.words })),
};

const same = (one, other) => one?.mark === other?.mark && one?.from === other?.from && one?.query === other?.query;

// The list for what stands in `box` now: {open, list, at, steer(event), takesEnter, choose(at), look(), close()}.
export function useSuggestions({ box, me, ais, rooms, commands, onChanged }) {
  const [now, setNow] = useState(null); // what is being written
  const [at, setAt] = useState(0);
  const refused = useRef(null); // what the list was closed for: it stays closed until something else is written
  const people = usePeople();
  const locale = useLocale();
  const emoji = useEmoji(now?.mark === ":", locale);
  const list = now ? FINDERS[now.mark](now.query, { people, ais, rooms, emoji, commands, me, locale }).slice(0, SHOWN) : [];
  const open = list.length > 0;
  // There is nothing to complete in a name that is written out: Enter is the box's then.
  const complete = now !== null && at === 0 && namesWritten(now, list[0], commands);
  const takesEnter = open && !complete;

  useEffect(() => setAt(0), [now?.mark, now?.query]);

  function look() {
    const { value, selectionStart, selectionEnd } = box.current;
    const found = selectionStart === selectionEnd ? wanted(value, selectionStart) : null;
    const closed = refused.current && found?.mark === refused.current.mark && found?.from === refused.current.from;
    if (!closed) refused.current = null;
    setNow((before) => (closed ? null : same(before, found) ? before : found));
  }

  function close() {
    refused.current = now;
    setNow(null);
  }

  function choose(index) {
    const { value, selectionStart } = box.current;
    const done = completed(value, selectionStart, now, list[index].put);
    box.current.value = done.text;
    box.current.setSelectionRange(done.caret, done.caret);
    box.current.focus();
    setNow(null);
    onChanged();
  }

  // Whether the key was meant for the list. A syllable that is still being composed keeps its Enter.
  function steer(event) {
    if (!open || event.nativeEvent.isComposing || event.keyCode === 229) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain) return false;
    if (step) setAt((at + step + list.length) % list.length);
    else if ((event.key === "Enter" && takesEnter) || event.key === "Tab") choose(at);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  return { open, list, at, takesEnter, steer, choose, look, close };
}

function namesWritten({ mark, query }, first, commands) {
  if (mark === "/") return commands.some((one) => namesOf(one).includes(query.toLowerCase()));
  return first?.put === mark + query;
}

export function Suggestions({ suggestions: { open, list, at, choose }, label }) {
  const shown = useRef(null);
  useEffect(() => {
    shown.current?.scrollIntoView({ block: "nearest" });
  }, [at, open]);
  if (!open) return null;
  return (
    <ul className="suggestions" role="listbox" id={LIST} aria-label={label}>
      {list.map((one, index) => (
        <li
          key={one.key}
          ref={index === at ? shown : null}
          id={optionId(index)}
          role="option"
          aria-selected={index === at}
          onPointerDown={(event) => event.preventDefault()} // the box keeps the focus
          onClick={() => choose(index)}
        >
          <span>{one.shown}</span>
          {one.hint && <span className="muted">{one.hint}</span>}
        </li>
      ))}
    </ul>
  );
}
