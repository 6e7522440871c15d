// Ctrl+K: to any room, page or act by a few letters; ? : what the keys do. Both by the keyboard alone.
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "@radix-ui/themes";
import { choose, useChoice } from "./choices.js";
import { ranked } from "./hangul.js";
import { useLocale } from "./locale";

const SHOWN = 9;
const LIST = "palette-list";
const isMac = () => /Mac|iP(hone|ad)/.test(navigator.platform);
const inText = (node) => node?.closest?.("input, textarea, select, [contenteditable]");

function useKeys() {
  useEffect(() => {
    const onKeyDown = (event) => {
      if (event.isComposing || event.altKey) return;
      const control = isMac() ? event.metaKey : event.ctrlKey;
      if (control && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        choose("palette", "open");
      } else if (control && event.key === "/") {
        event.preventDefault();
        choose("keys", "open");
      } else if (event.key === "?" && !control && !inText(event.target)) {
        event.preventDefault();
        choose("keys", "open");
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function entries({ rooms, acts, words, locale, go }) {
  const places = rooms.map((room) => ({
    key: room.id, names: [room.name_ko, room.name_en], hint: words.room,
    shown: `${room.kind === "direct" ? "@" : "#"} ${locale === "ko" ? room.name_ko : room.name_en}`, run: () => go(`/room/${room.id}`),
  }));
  const doings = acts.map((act) => ({ key: act.key, names: [act.ko, act.en], shown: locale === "ko" ? act.ko : act.en, hint: "", run: () => run(act, go) }));
  return [...places, ...doings];
}

function run({ to, dialog, event }, go) {
  if (to) go(to);
  else if (dialog) choose(dialog[0], dialog[1]);
  else window.dispatchEvent(new CustomEvent(event));
}

function Finder({ rooms, acts, words }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef(null);
  const navigate = useNavigate();
  const locale = useLocale();
  const close = () => choose("palette", "");
  const list = ranked(query, entries({ rooms, acts, words, locale, go: navigate }), ({ names }) => names).slice(0, SHOWN);

  function pick(one) {
    close();
    one?.run();
  }

  function onKeyDown(event) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.length) setAt((at + step + list.length) % list.length);
    else if (event.key === "Enter") pick(list[at]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <input
        ref={box}
        className="palette-box"
        role="combobox"
        aria-expanded={list.length > 0}
        aria-controls={LIST}
        aria-activedescendant={list.length ? `${LIST}-${at}` : undefined}
        aria-label={words.find}
        placeholder={words.find}
        value={query}
        autoFocus
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={LIST} role="listbox" aria-label={words.title} className="palette-list">
        {list.map((one, index) => (
          <li key={one.key} id={`${LIST}-${index}`} role="option" aria-selected={index === at} onClick={() => pick(one)} onPointerMove={() => setAt(index)}>
            <span>{one.shown}</span>
            <span className="muted">{one.hint}</span>
          </li>
        ))}
      </ul>
      {list.length === 0 && <p className="palette-none" role="status">{words.none}</p>}
    </>
  );
}

function Keys({ words, keys }) {
  const control = isMac() ? "⌘" : "Ctrl";
  return (
    <dl className="keys">
      {keys.map(({ key, does }) => (
        <div key={key}>
          <dt>{key.split(" ").map((part) => <kbd key={part}>{part === "Mod" ? control : part}</kbd>)}</dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Palette({ rooms, acts, keys, words }) {
  useKeys();
  const finding = useChoice("palette") !== "";
  const reading = useChoice("keys") !== "";
  return (
    <>
      <Dialog.Root open={finding} onOpenChange={(open) => open || choose("palette", "")}>
        <Dialog.Content className="dialog palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">{words.title}</Dialog.Title>
          <Finder rooms={rooms} acts={acts} words={words} />
        </Dialog.Content>
      </Dialog.Root>
      <Dialog.Root open={reading} onOpenChange={(open) => open || choose("keys", "")}>
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <Dialog.Title className="dialog-title">{words.keys}</Dialog.Title>
          <Keys words={words} keys={keys} />
        </Dialog.Content>
      </Dialog.Root>
    </>
  );
}
