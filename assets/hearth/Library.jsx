// A library: what lies on the reader's own shelf or in a room, brought there by picking, dropping or pasting, and how far
// the house is with reading it. A page of its own, with ways to each library of theirs, and a part of a room's panel.
import { useEffect, useRef, useState } from "react";
import { FilePlus2, FolderPlus, LibraryBig, Search } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { ByPointer } from "./ByPointer.jsx";
import { CollectionMenu, Naming, told } from "./LibraryActs.jsx";
import { DocumentRow, UploadRow } from "./LibraryRows.jsx";
import { useEdges } from "./edges.js";
import { sizeWords } from "./files.js";
import { useDrop, usePastedFiles } from "./incoming.js";
import { useShelf } from "./library.js";
import { useLocale } from "./locale";
import { useAsked } from "./rest.js";

const MANY = 8; // documents: from then on one can look for a name
const LOOSE = "-"; // stands for those in no collection
const plain = (text) => text.normalize("NFC").toLowerCase();

function Picker({ words, main, onFiles }) {
  const input = useRef(null);
  return (
    <>
      <input
        ref={input} type="file" multiple className="visually-hidden" tabIndex={-1} aria-hidden="true"
        onChange={(event) => {
          onFiles([...event.target.files]);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <button type="button" className={main ? "button main" : "button"} onClick={() => input.current.click()}>
        <FilePlus2 size={18} aria-hidden="true" /> {words.add}
      </button>
    </>
  );
}

function Collections({ view, shelf, chosen, onChoose, words }) {
  const [naming, setNaming] = useState(false);
  const open = view.collections.find(({ id }) => id === chosen);
  const count = (id) => view.documents.filter(({ collection }) => (collection || LOOSE) === id).length;
  const chip = (id, name, number) => (
    <button key={id} type="button" className="find-chip" aria-pressed={chosen === id} onClick={() => onChoose(id)}>
      <span className="collection-name">{name}</span> <span className="collection-count">{number}</span>
    </button>
  );
  return (
    <div className="collections" role="group" aria-label={words.collections}>
      {view.collections.length > 0 && chip("", words.all, view.documents.length)}
      {view.collections.map(({ id, name }) => chip(id, name, count(id)))}
      {view.collections.length > 0 && count(LOOSE) > 0 && chip(LOOSE, words.loose, count(LOOSE))}
      {open?.may_change !== false && open && <CollectionMenu collection={open} shelf={shelf} words={words} onGone={() => onChoose("")} />}
      <button type="button" className="find-chip collection-new" onClick={() => setNaming(true)}>
        <FolderPlus size={16} aria-hidden="true" /> {words.gather}
      </button>
      {naming && (
        <Naming title={words.gather} lead={words.gather_lead} name="" words={words} onKeep={shelf.gather} onClose={() => setNaming(false)} />
      )}
    </div>
  );
}

function Storage({ view, words }) {
  const locale = useLocale();
  if (!view.documents.length) return null;
  const [used, limit] = [sizeWords(view.used, locale), sizeWords(view.limit, locale)];
  const share = view.limit ? Math.min(100, (view.used / view.limit) * 100) : 0;
  return (
    <p className="library-storage">
      <span>{words.count.replace("{count}", view.documents.length)}</span>
      <span>{view.limit ? words.used_of.replace("{limit}", limit).replace("{used}", used) : words.used.replace("{used}", used)}</span>
      {view.limit > 0 && <span className="storage-bar" aria-hidden="true"><span style={{ width: `${Math.max(1, share)}%` }} /></span>}
    </p>
  );
}

function Empty({ words, onFiles }) {
  return (
    <div className="library-empty">
      <LibraryBig aria-hidden="true" />
      <p className="library-empty-title">{words.empty}</p>
      <p className="muted">{words.empty_lead}</p>
      <Picker words={words} main onFiles={onFiles} />
      <p className="muted library-hint"><ByPointer mouse={words.hint} touch={words.hint_touch} /></p>
    </div>
  );
}

// The browser asks before a page is left that still sends something.
function useStay(busy) {
  useEffect(() => {
    if (!busy) return undefined;
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [busy]);
}

// `whole`: the window takes what is dropped and pasted; else this part of it alone.
function Shelf({ room, rooms, whole, words }) {
  const [view, shelf] = useShelf(room);
  const [chosen, setChosen] = useState("");
  const [named, setNamed] = useState("");
  const place = useRef(null);
  const collection = view.collections.some(({ id }) => id === chosen) ? chosen : ""; // it may have been dissolved
  const picked = chosen === LOOSE ? LOOSE : collection;
  const bring = (files) => files.length && shelf.add(files, collection);
  const over = useDrop(whole ? null : place, bring);
  usePastedFiles(whole ? null : place, bring);
  useStay(view.uploads.some(({ failed }) => !failed));

  const within = view.documents.filter((one) => !picked || (one.collection || LOOSE) === picked);
  const shown = within.filter(({ name }) => plain(name).includes(plain(named.trim())));
  const empty = view.state === "here" && !view.documents.length && !view.uploads.length;
  return (
    <section ref={place} className={whole ? "library" : "library in-panel"} aria-busy={view.state === "loading"}>
      {over && <div className={whole ? "drop-anywhere" : "drop-anywhere drop-here"} aria-hidden="true"><p>{words.drop}</p></div>}
      {view.problem && (
        <p className="form-error" role="alert">
          {told(view.problem, { ...words, unexpected: words.failed })} <button type="button" className="row-button" onClick={() => shelf.load()}>{words.again}</button>
        </p>
      )}
      {empty && <Empty words={words} onFiles={bring} />}
      {!empty && view.state !== "failed" && (
        <div className="library-bar">
          <Picker words={words} main={whole} onFiles={bring} />
          {view.documents.length >= MANY && (
            <label className="library-find">
              <Search size={18} aria-hidden="true" />
              <input type="search" value={named} placeholder={words.find} aria-label={words.find} onChange={(event) => setNamed(event.target.value)} />
            </label>
          )}
          <Storage view={view} words={words} />
        </div>
      )}
      {view.state === "here" && !empty && <Collections view={view} shelf={shelf} chosen={picked} onChoose={setChosen} words={words} />}
      {view.uploads.length > 0 && (
        <ul className="documents" role="list">
          {view.uploads.map((one) => <UploadRow key={one.key} upload={one} shelf={shelf} words={words} />)}
        </ul>
      )}
      {view.state === "here" && !empty && shown.length === 0 && view.uploads.length === 0 && (
        <p className="muted library-none" role="status">{within.length ? words.none_named : words.none_in}</p>
      )}
      <ul className="documents" role="list" aria-label={words.list}>
        {shown.map((one) => <DocumentRow key={one.id} document={one} view={view} shelf={shelf} rooms={rooms} words={words} />)}
      </ul>
      {view.more && <button type="button" className="button" onClick={() => shelf.loadOlder()}>{words.older}</button>}
    </section>
  );
}

// The talk with an AI whose library is open: the list of rooms has none of those.
function useTalk(room, rooms, loaded, words) {
  const asks = loaded && room && rooms.every(({ id }) => id !== room);
  const [{ data }] = useAsked(asks ? `/api/llm/sessions/${encodeURIComponent(room)}` : "", words);
  return asks && data?.session_id === room ? { ...data, id: room, kind: "session" } : null;
}

const SIGNS = { direct: "@", session: "↳" };

function Places({ rooms, room, words }) {
  const locale = useLocale();
  const row = useRef(null);
  useEdges(() => row.current, `${room} ${rooms.length}`);
  const way = (id, name) => (
    <Link key={id} className="library-place" to={id ? `/library?room=${id}` : "/library"} aria-current={room === id ? "page" : undefined}>
      {name}
    </Link>
  );
  return (
    <nav ref={row} className="library-places" aria-label={words.places}>
      {way("", words.shelf)}
      {rooms.map(({ id, kind, name_ko, name_en }) => way(id, `${SIGNS[kind] ?? "#"} ${locale === "ko" ? name_ko : name_en}`))}
    </nav>
  );
}

// A talk stands behind the room that it belongs to.
function withTalk(rooms, talk) {
  if (!talk) return rooms;
  const after = rooms.findIndex(({ id }) => id === talk.room_uuid) + 1 || rooms.length;
  return [...rooms.slice(0, after), talk, ...rooms.slice(after)];
}

// `known`: the rooms in which the reader sits; `loaded`: whether they are known.
export function LibraryPage({ rooms: known, loaded, words }) {
  const [search] = useSearchParams();
  const room = search.get("room") ?? "";
  const talk = useTalk(room, known, loaded, words);
  const rooms = withTalk(known, talk);
  const lead = talk ? words.talk_lead : room ? words.room_lead : words.shelf_lead;
  return (
    <div className="page-column">
      <h1>{words.title}</h1>
      <p className="muted">{words.lead}</p>
      <Places rooms={rooms} room={room} words={words} />
      <p className="muted library-whose">{lead}</p>
      <Shelf key={room} room={room} rooms={rooms} whole words={words} />
    </div>
  );
}

// `talk`: the open room is a talk with an AI.
export function LibraryPanel({ room, rooms, talk, words }) {
  if (!room) return null;
  return (
    <>
      {talk && <p className="muted library-whose">{words.talk_lead}</p>}
      <Shelf key={room} room={room} rooms={rooms} whole={false} words={words} />
    </>
  );
}
