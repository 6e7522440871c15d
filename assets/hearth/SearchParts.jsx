// What a search shows: hits in groups, each with what was looked for marked, and the chips that narrow it. Text is
// always text: a hit is drawn piece by piece, never as markup.
import { BookOpenText, FileText, Hash, Image, Lock, MessageCircle, X } from "lucide-react";
import { Face } from "./Face.jsx";
import { useLocale } from "./locale";
import { plainParts } from "./plain.js";
import { clock } from "./time";

const KINDS = ["all", "messages", "rooms", "people", "files", "documents"];
const PERIODS = ["", "today", "week", "month", "days"];

export function Marked({ parts }) {
  return parts.map((part, index) => (part.hit ? <mark key={index}>{part.text}</mark> : part.text));
}

function useWhen() {
  const locale = useLocale();
  return (at) => {
    const moment = new Date(at);
    const year = moment.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
    const day = new Intl.DateTimeFormat(locale === "en" ? "en-US" : "ko-KR", { ...year, month: "short", day: "numeric" });
    return `${day.format(moment)} ${clock(at, locale)}`;
  };
}

const useName = () => {
  const locale = useLocale();
  return ({ name, name_en, name_ko }) => (locale === "en" ? name_en : (name_ko ?? name));
};

function RoomIcon({ kind }) {
  if (kind === "direct") return <MessageCircle aria-hidden="true" />;
  return kind === "private" ? <Lock aria-hidden="true" /> : <Hash aria-hidden="true" />;
}

function RoomHit({ hit, words }) {
  return (
    <>
      <span className="hit-mark"><RoomIcon kind={hit.room.kind} /></span>
      <span className="hit-body">
        <span className="hit-text one-line"><Marked parts={hit.marked} /></span>
        <span className="hit-about">{words.members.replace("{count}", hit.room.members)}</span>
      </span>
    </>
  );
}

function PersonHit({ hit, words }) {
  const name = hit.marked.map((part) => part.text).join("");
  return (
    <>
      <Face person={hit.id} name={name} avatar={hit.avatar} here={false} />
      <span className="hit-body">
        <span className="hit-text one-line"><Marked parts={hit.marked} /></span>
        <span className="hit-about">{words.theirs}</span>
      </span>
    </>
  );
}

// That something was found which says it in other words.
const Meant = ({ hit, words }) => (hit.by_meaning ? <em className="hit-meant">{words.by_meaning}</em> : null);

function About({ message, inRoom, words, hit = message }) {
  const when = useWhen();
  const nameOf = useName();
  return (
    <span className="hit-about">
      <strong className={message.is_ai ? "by-ai" : ""}>{nameOf(message)}</strong>
      {!inRoom && <span>{nameOf(message.room)}</span>}
      <time dateTime={message.at}>{when(message.at)}</time>
      {message.images > 0 && <Image aria-hidden="true" />}
      <Meant hit={hit} words={words} />
    </span>
  );
}

function MessageHit({ hit, inRoom, words }) {
  const text = hit.excerpt.length > 0 ? <Marked parts={plainParts(hit.excerpt)} /> : words.picture;
  return (
    <span className="hit-body">
      <About message={hit} inRoom={inRoom} words={words} />
      <span className="hit-text">{text}</span>
    </span>
  );
}

function FileHit({ hit, inRoom, words }) {
  const picture = hit.file.kind === "image";
  return (
    <>
      <span className="hit-mark">
        {picture ? <img src={`/api/files/${hit.file.id}/thumb`} alt="" loading="lazy" /> : <FileText aria-hidden="true" />}
      </span>
      <span className="hit-body">
        <span className="hit-text one-line"><Marked parts={hit.marked} /></span>
        <About message={hit.message} inRoom={inRoom} words={words} hit={hit} />
      </span>
    </>
  );
}

function DocumentHit({ hit, inRoom, words }) {
  const nameOf = useName();
  return (
    <>
      <span className="hit-mark"><BookOpenText aria-hidden="true" /></span>
      <span className="hit-body">
        <span className="hit-text one-line"><Marked parts={hit.marked} /></span>
        <span className="hit-about">
          {!inRoom && <span>{hit.room ? nameOf(hit.room) : words.shelf}</span>}
          {hit.page > 0 && <span>{words.page.replace("{page}", hit.page)}</span>}
          <Meant hit={hit} words={words} />
        </span>
        {hit.excerpt.length > 0 && <span className="hit-text"><Marked parts={plainParts(hit.excerpt)} /></span>}
      </span>
    </>
  );
}

const DRAW = { rooms: RoomHit, people: PersonHit, documents: DocumentHit, messages: MessageHit, files: FileHit };

// One list for the arrow keys: {kind, hit, key} in the order in which they are drawn.
export function flat(found) {
  const order = found ? ["rooms", "people", "documents", "messages", "files"] : [];
  return order.flatMap((kind) => found[kind].map((hit) => ({ kind, hit, key: `${kind}-${hit.id ?? hit.room?.id ?? hit.file.id}` })));
}

export function Hits({ listId, hits, active, inRoom, words, onPick, onPoint }) {
  const kinds = [...new Set(hits.map((one) => one.kind))];
  return (
    <div role="listbox" id={listId} aria-label={words.results} className="hits">
      {kinds.map((kind) => (
        <div role="group" key={kind} aria-label={words[kind]}>
          <p className="hits-kind" aria-hidden="true">{words[kind]}</p>
          {hits.map((one, index) => {
            if (one.kind !== kind) return null;
            const Draw = DRAW[kind];
            return (
              <div
                key={one.key} id={`${listId}-${index}`} role="option" aria-selected={index === active} className="hit"
                onClick={() => onPick(one)} onPointerMove={() => index !== active && onPoint(index)}
              >
                <Draw hit={one.hit} inRoom={inRoom} words={words} />
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function Chip({ pressed, children, onClick }) {
  return <button type="button" className="find-chip" aria-pressed={pressed} onClick={onClick}>{children}</button>;
}

function Days({ asked, words, change }) {
  return (
    <span className="find-days">
      <input type="date" aria-label={words.from} value={asked.first} max={asked.last || undefined} onChange={(event) => change({ first: event.target.value })} />
      <span aria-hidden="true">–</span>
      <input type="date" aria-label={words.to} value={asked.last} min={asked.first || undefined} onChange={(event) => change({ last: event.target.value })} />
    </span>
  );
}

export function Chips({ asked, here, fixed, words, change }) {
  return (
    <div className="find-chips" role="group" aria-label={words.filters}>
      {!fixed && KINDS.map((kind) => (
        <Chip key={kind} pressed={asked.kind === kind} onClick={() => change({ kind })}>{words[kind]}</Chip>
      ))}
      {!fixed && here && (
        <Chip pressed={asked.room === here} onClick={() => change({ room: asked.room ? "" : here })}>{words.here}</Chip>
      )}
      <Chip pressed={asked.image} onClick={() => change({ image: !asked.image })}>
        <Image aria-hidden="true" /> {words.image}
      </Chip>
      {asked.person && (
        <button type="button" className="find-chip" aria-pressed="true" onClick={() => change({ person: "", personName: "" })}>
          {words.by.replace("{name}", asked.personName)} <X aria-hidden="true" />
          <span className="visually-hidden">{words.clear}</span>
        </button>
      )}
      <select className="find-chip" aria-label={words.when} value={asked.period} data-set={asked.period !== ""} onChange={(event) => change({ period: event.target.value })}>
        {PERIODS.map((period) => <option key={period} value={period}>{words[period || "ever"]}</option>)}
      </select>
      {asked.period === "days" && <Days asked={asked} words={words} change={change} />}
    </div>
  );
}
