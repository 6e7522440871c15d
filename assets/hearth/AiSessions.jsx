// Talks with an AI beside a room's own: the panel's list of them, and beginning one. Asked for anew when the room tells
// that it changed; the house decides who may do what.
import { useEffect, useId, useState } from "react";
import { Archive, MessagesSquare, Plus } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { UnreadBadge } from "./Presence.jsx";
import { SessionMenu } from "./SessionMenu.jsx";
import { choose, useWide } from "./choices.js";
import { useLocale } from "./locale";
import { nameOf } from "./persona_names.js";
import { useAct, useAsked } from "./rest.js";
import { onSignal } from "./signals.js";
import { ago, useNow } from "./time.js";

function Begin({ room, words }) {
  const [{ data: seated }] = useAsked(room && `/api/rooms/${room}/ai`, words);
  const [problem, busy, act] = useAct(words);
  const [persona, setPersona] = useState("");
  const navigate = useNavigate();
  const locale = useLocale();
  const id = useId();
  const wide = useWide();

  async function begin() {
    const said = await act("POST", "/api/llm/start_session", { room_uuid: room, persona: persona || seated?.[0]?.id || "" });
    if (!said) return;
    if (!wide) choose("panel", ""); // the sheet of a phone stands over the talk
    navigate(`/room/${said.session_id}`);
  }

  return (
    <div className="session-begin">
      {seated?.length > 1 && (
        <div className="field">
          <label htmlFor={id}>{words.with}</label>
          <select id={id} value={persona} onChange={(event) => setPersona(event.target.value)}>
            {seated.map((one) => <option key={one.id} value={one.id}>{nameOf(one, locale)}</option>)}
          </select>
        </div>
      )}
      <button type="button" className="button wide" aria-busy={busy} onClick={begin}>
        <Plus size={18} aria-hidden="true" /> {words.start}
      </button>
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </div>
  );
}

// Who answers there; of one that answers no more also that, and where it is gone for good nothing but that.
function whoOf(session, locale, words) {
  const persona = locale === "ko" ? session.persona_ko : session.persona_en;
  if (session.persona_here) return session.title ? persona : "";
  return persona ? words.sent_away.replace("{name}", () => persona) : words.persona_gone;
}

function Session({ session, open, words, onDone }) {
  const locale = useLocale();
  const name = locale === "ko" ? session.name_ko : session.name_en;
  const when = ago(session.last_activity, locale, useNow());
  const facts = [session.is_active ? "" : words.over, whoOf(session, locale, words), when];
  return (
    <li className={session.is_active ? "session" : "session over"}>
      <Link className="session-link" to={`/room/${session.session_id}`} aria-current={open ? "page" : undefined}>
        <MessagesSquare size={18} aria-hidden="true" />
        <span className="session-words">
          <span className="session-name">{name}</span>
          <span className="muted">{facts.filter(Boolean).join(" · ")}</span>
        </span>
        <UnreadBadge room={session.session_id} words={words.unread} calledWords={words.called} />
      </Link>
      {session.may_keep && <SessionMenu session={session} words={words} onDone={onDone} />}
    </li>
  );
}

// `room`: whose talks; `open`: the talk that is shown, if one is; `mayBegin`: whether anything may be said in the room.
export function AiSessions({ room, open, mayBegin, words }) {
  const [{ data, problem }, again] = useAsked(room && `/api/llm/sessions?room_uuid=${room}`, words);
  useEffect(() => {
    const ends = [onSignal("sessions", again), onSignal("room", again)];
    return () => ends.forEach((end) => end());
  }, [again]);

  return (
    <section className="sessions" aria-busy={!data && !problem}>
      <p className="muted">{words.lead}</p>
      {mayBegin && <Begin key={room} room={room} words={words} />}
      {problem && (
        <p className="form-error" role="alert">
          {problem} <button type="button" className="row-button" onClick={again}>{words.again}</button>
        </p>
      )}
      {data?.sessions.length === 0 && <p className="muted">{words.none}</p>}
      <ul role="list">
        {data?.sessions.map((session) => (
          <Session key={session.session_id} session={session} open={session.session_id === open} words={words} onDone={again} />
        ))}
      </ul>
    </section>
  );
}

// In the head of a talk: what may be done with it, for who may.
export function TalkMenu({ session, words }) {
  const [{ data }, again] = useAsked(session && `/api/llm/sessions/${session}`, words);
  useEffect(() => onSignal("room", again), [again]);
  if (data?.session_id !== session || !data.may_keep) return null;
  return <SessionMenu session={data} words={words} onDone={again} onOpen={(part) => choose("panel", part)} />;
}

// In place of the box: the talk is over, and the way to go on for who may.
export function TalkOver({ session, archived, words }) {
  const [{ data }] = useAsked(session && `/api/llm/sessions/${session}`, words);
  const [problem, busy, act] = useAct(words);
  const mayResume = !archived && data?.session_id === session && data.may_keep;
  return (
    <div className="composer talk-over">
      <p role="status">
        <Archive size={16} aria-hidden="true" /> {words.ended}
      </p>
      {mayResume && (
        <button type="button" className="button" aria-busy={busy} onClick={() => act("POST", `/api/llm/sessions/${session}/resume`, {})}>
          {words.resume}
        </button>
      )}
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </div>
  );
}
