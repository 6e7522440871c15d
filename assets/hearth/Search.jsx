// Looking for something: a sheet over any page, and the same as a part of a room's panel. The box keeps the focus, the
// arrows go through the hits, Enter goes there.
import { useEffect, useId, useRef, useState } from "react";
import { Dialog } from "@radix-ui/themes";
import { useLocation, useNavigate } from "react-router";
import { Search, X } from "lucide-react";
import { choose, useChoice, useWide } from "./choices.js";
import { Finder, NOTHING, PAUSE_MS, SYLLABLE_MS, address } from "./finder.js";
import { ask } from "./rest.js";
import { Chips, Hits, flat } from "./SearchParts.jsx";

const EMPTY = { text: "", kind: "all", room: "", person: "", personName: "", image: false, period: "", first: "", last: "" };

const roomOf = (path) => (/^\/room\/([^/]+)/.exec(path)?.[1] ?? "").toLowerCase();

// [what came of it, a way to see more of it] for a question that changes while somebody types.
function useFinder(question, composing) {
  const [now, setNow] = useState(NOTHING);
  const finder = useRef(null);
  finder.current ??= new Finder({ tell: setNow, fetch: (asked, signal) => ask(asked, "GET", undefined, signal) });
  const path = address(question);
  useEffect(() => {
    finder.current.want(path, composing ? SYLLABLE_MS : PAUSE_MS);
  }, [path, composing]);
  useEffect(() => () => finder.current.end(), []);
  const more = () => now.found?.next && finder.current.look(path, { ...now.found, kind: question.kind });
  const again = () => finder.current.look(path);
  return [now, more, again];
}

// Goes to a hit. The room that is open is jumped in; any other is opened there, a document in its reader.
function useGo(leave) {
  const navigate = useNavigate();
  const open = roomOf(useLocation().pathname);
  return ({ kind, hit }) => {
    leave(kind);
    if (kind === "rooms") return navigate(`/room/${hit.room.id}`);
    if (kind === "documents") return navigate(`/document/${hit.id}${hit.piece && `#c=${hit.piece}`}`);
    const { id, seq, room } = kind === "files" ? hit.message : hit;
    if (room.id !== open) return navigate(`/room/${room.id}?m=${id}`);
    return window.dispatchEvent(new CustomEvent("hearth:jump", { detail: { id, seq } }));
  };
}

function Told({ now, hits, words, onAgain }) {
  if (now.state === "idle") return <p className="find-told">{words.hint}</p>;
  if (now.state === "failed")
    return (
      <p className="find-told" role="alert">
        {now.problem || words.failed} <button type="button" className="row-button" onClick={onAgain}>{words.again}</button>
      </p>
    );
  if (now.state === "waiting" && !now.found)
    return <div className="find-waits" aria-hidden="true">{[0, 1, 2].map((one) => <div className="skeleton" key={one} />)}</div>;
  return hits.length === 0 && now.state === "here" ? <p className="find-told">{words.nothing}</p> : null;
}

function Finding({ fixed = "", here = "", words, go, close }) {
  const [asked, setAsked] = useState({ ...EMPTY, room: fixed, kind: fixed ? "messages" : "all" });
  const [composing, setComposing] = useState(false);
  const [active, setActive] = useState(0);
  const [now, more, again] = useFinder(asked, composing);
  const box = useRef(null);
  const listId = useId();
  const hits = flat(now.found);

  useEffect(() => setActive(0), [now.found?.messages, now.found?.rooms]);
  useEffect(() => {
    document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const change = (next) => setAsked((was) => ({ ...was, ...next }));

  function pick(one) {
    if (one.kind !== "people") return go(one);
    change({ text: "", kind: "messages", person: one.hit.id, personName: one.hit.marked.map((part) => part.text).join("") });
    return box.current.focus();
  }

  function onKeyDown(event) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) setActive((active + step + hits.length) % hits.length);
    else if (event.key === "Enter" && hits[active]) pick(hits[active]);
    else return;
    event.preventDefault();
  }

  const count = now.state === "here" ? words.count.replace("{count}", `${hits.length}${now.found.next ? "+" : ""}`) : "";
  return (
    <div className="find">
      <div className="find-head">
        <Search aria-hidden="true" />
        <input
          ref={box} type="search" className="find-box" role="combobox" aria-expanded={hits.length > 0} aria-controls={listId}
          aria-activedescendant={hits[active] ? `${listId}-${active}` : undefined} aria-autocomplete="list" aria-label={words.box}
          placeholder={fixed ? words.box_room : words.placeholder} autoComplete="off" spellCheck="false" enterKeyHint="search" maxLength={200}
          value={asked.text} autoFocus={!fixed}
          onChange={(event) => change({ text: event.target.value })}
          onCompositionStart={() => setComposing(true)} onCompositionEnd={() => setComposing(false)} onKeyDown={onKeyDown}
        />
        {close}
      </div>
      <Chips asked={asked} here={here} fixed={fixed} words={words} change={change} />
      <div className="find-body" aria-busy={now.state === "waiting"}>
        <Told now={now} hits={hits} words={words} onAgain={again} />
        <Hits listId={listId} hits={hits} active={active} inRoom={Boolean(asked.room)} words={words} onPick={pick} onPoint={setActive} />
        {now.found?.next && (
          <button type="button" className="button find-more" aria-busy={now.state === "more"} onClick={more}>{words.more}</button>
        )}
      </div>
      <p className="visually-hidden" role="status">{hits.length === 0 && now.state === "here" ? words.nothing : count}</p>
    </div>
  );
}

const shut = () => choose("dialog", "");

export function SearchSheet({ words }) {
  const open = useChoice("dialog") === "search";
  const here = roomOf(useLocation().pathname);
  const go = useGo(shut);
  useEffect(() => {
    const show = () => choose("dialog", "search");
    window.addEventListener("hearth:search", show);
    return () => window.removeEventListener("hearth:search", show);
  }, []);
  const close = (
    <Dialog.Close><button type="button" className="icon-button" aria-label={words.close}><X /></button></Dialog.Close>
  );
  return (
    <Dialog.Root open={open} onOpenChange={(now) => now || shut()}>
      <Dialog.Content className="sheet find-sheet" aria-describedby={undefined}>
        <Dialog.Title className="visually-hidden">{words.title}</Dialog.Title>
        <Finding here={here} words={words} go={go} close={close} />
      </Dialog.Content>
    </Dialog.Root>
  );
}

export function RoomSearch({ room, words }) {
  const wide = useWide();
  const go = useGo(() => wide || choose("panel", "")); // the sheet of a phone stands over the talk that is jumped in
  return room ? <Finding key={room} fixed={room} words={words} go={go} /> : null;
}
