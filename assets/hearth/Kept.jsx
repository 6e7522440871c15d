// Messages that were put aside to be found again: those that a room has pinned for everybody, and those that the reader
// has starred in any room. Their words are shown without the marks of Markdown.
import { useCallback, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { PinOff, StarOff } from "lucide-react";
import { eventLoop } from "$/utils/context-registry";
import { ReflexEvent } from "$/utils/state";
import { choose, useWide } from "./choices.js";
import { useLocale } from "./locale";
import { plainLines } from "./plain.js";
import { ask } from "./rest.js";
import { onChange, onNews } from "./signals.js";
import { clock, day } from "./time";

const AGAIN_MS = 200; // several changes at once are one look

function useList(load, deps) {
  const [held, setHeld] = useState({ state: "loading", list: [], more: false });
  const turn = useRef(0);
  const look = useCallback(async (before = "") => {
    const mine = ++turn.current;
    const found = await load(before).catch(() => null);
    if (mine !== turn.current) return;
    setHeld((now) =>
      found ? { state: "here", more: found.more, list: before ? [...now.list, ...found.list] : found.list } : { ...now, state: "failed" },
    );
  }, deps);
  useEffect(() => {
    look();
  }, [look]);
  return [held, look];
}

function Saying({ message, place, children }) {
  const locale = useLocale();
  const files = message.files.map(({ name }) => name).join(", ");
  return (
    <li className="kept">
      <p className="kept-head">
        <strong>{message.username}</strong>
        <time dateTime={message.at}>{`${day(message.at, locale)} ${clock(message.at, locale)}`}</time>
        {place}
      </p>
      <p className="kept-text">{plainLines(message.text) || files}</p>
      <p className="kept-acts">{children}</p>
    </li>
  );
}

function Shown({ held, look, words, children }) {
  return (
    <div className="kept-list" aria-busy={held.state === "loading"}>
      {held.state === "here" && held.list.length === 0 && (
        <div className="kept-none">
          <p>{words.empty}</p>
          {words.home && <Link className="button" to="/">{words.home}</Link>}
        </div>
      )}
      {held.state === "failed" && (
        <p className="kept-none" role="alert">
          {words.failed}{" "}
          <button type="button" className="row-button" onClick={() => look()}>{words.again}</button>
        </p>
      )}
      <ul>{children}</ul>
      {held.more && (
        <button type="button" className="button" onClick={() => look(held.list.at(-1).message.message_id)}>{words.more}</button>
      )}
    </div>
  );
}

async function pinsOf(room) {
  const { ok, said } = await ask(`/api/rooms/${room}/pins`, "GET");
  return ok ? { list: said.messages.map((message) => ({ message })), more: false } : null;
}

export function PinsPanel({ room, role, act, words }) {
  const [held, look] = useList(() => (room ? pinsOf(room) : null), [room]);
  const wide = useWide();
  const listed = useRef(new Set());
  listed.current = new Set(held.list.map(({ message }) => message.message_id));

  useEffect(() => {
    let timer = null;
    const end = onChange((rows) => {
      if (!rows.some((row) => row.pinned || listed.current.has(row.id))) return;
      clearTimeout(timer);
      timer = setTimeout(() => look(), AGAIN_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [look]);

  const jump = ({ message_id, seq }) => {
    window.dispatchEvent(new CustomEvent("hearth:jump", { detail: { id: message_id, seq } }));
    if (!wide) choose("panel", ""); // the sheet of a phone stands over the talk that is jumped in
  };
  const unpin = (message) => eventLoop.addEvents([ReflexEvent(act, { room, message, on: false })], [], {});

  return (
    <Shown held={held} look={look} words={words}>
      {held.list.map(({ message }) => (
        <Saying key={message.message_id} message={message}>
          <button type="button" className="row-button" onClick={() => jump(message)}>{words.jump}</button>
          {role !== "guest" && (
            <button type="button" className="row-button" onClick={() => unpin(message.message_id)}>
              <PinOff size={14} aria-hidden="true" /> {words.unpin}
            </button>
          )}
        </Saying>
      ))}
    </Shown>
  );
}

async function starsBefore(before) {
  const { ok, said } = await ask(`/api/stars?before=${before}`, "GET");
  return ok ? { list: said.stars, more: said.has_more } : null;
}

export function StarsList({ words }) {
  const [held, look] = useList(starsBefore, []);
  const locale = useLocale();
  useEffect(() => onNews("star", () => look()), [look]);

  const unstar = async ({ room, message }) => {
    await ask(`/api/rooms/${room}/messages/${message.message_id}/star`, "DELETE").catch(() => null);
    look();
  };

  return (
    <Shown held={held} look={look} words={words}>
      {held.list.map((star) => (
        <Saying
          key={star.message.message_id}
          message={star.message}
          place={<span className="kept-place">{locale === "ko" ? star.room_ko : star.room_en}</span>}
        >
          <Link className="row-button" to={`/room/${star.room}?m=${star.message.message_id}`}>{words.jump}</Link>
          <button type="button" className="row-button" onClick={() => unstar(star)}>
            <StarOff size={14} aria-hidden="true" /> {words.unstar}
          </button>
        </Saying>
      ))}
    </Shown>
  );
}
