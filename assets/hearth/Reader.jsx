// One document to be read: its pages as pictures and its text beside one another, or one under the other in a narrow
// window. `#c=<piece>` marks the piece that was cited in both, `&s=<from>-<to>` the words of it that an answer took; `&p=<page>`
// says which of its pages comes into view. Pages are fetched when they come near.
import { useEffect, useRef, useState } from "react";
import { ChevronLeft, ScanSearch } from "lucide-react";
import { Link, useLocation, useNavigate } from "react-router";
import { DocumentMenu } from "./LibraryActs.jsx";
import { Sign, Unread, kindOf, reasonOf } from "./LibraryRows.jsx";
import { PagePicture } from "./PagePicture.jsx";
import { Passage } from "./Passage.jsx";
import { ShelvedAbout } from "./PictureAbout.jsx";
import { sizeWords } from "./files.js";
import { isUnderWay, useShelf } from "./library.js";
import { useLocale } from "./locale";
import { useLookedAfter } from "./looked_after.js";
import { linesIn, placeOf } from "./passage.js";
import { ask, useAsked } from "./rest.js";

const SIDE_BY_SIDE = "(min-width: 860px)"; // as in reader.css
const LOOK_MS = 2_000; // so often a document that is still being read is looked at again

// The pieces of a document's text, one stretch of them after the other, and a way to ask anew.
function useText(id, ready) {
  const [turn, setTurn] = useState(0);
  const [held, setHeld] = useState({ state: "loading", pieces: [], next: null });
  useEffect(() => {
    let wanted = true;
    (async () => {
      let next = 0;
      const pieces = [];
      while (wanted && next !== null) {
        const answer = await ask(`/api/documents/${id}/text?from=${next}&limit=200`, "GET").catch(() => ({ ok: false }));
        if (!wanted) return;
        if (!answer.ok) return setHeld({ state: "failed", pieces });
        pieces.push(...answer.said.chunks);
        next = answer.said.next ?? null;
        setHeld({ state: next === null ? "here" : "more", pieces: [...pieces] });
      }
    })();
    return () => {
      wanted = false;
    };
  }, [id, ready, turn]);
  return [held, () => setTurn(turn + 1)];
}

// A picture of a library: what is said of it stands for it where it is not seen.
function OnePicture({ document, lines, words }) {
  const [caption, setCaption] = useState("");
  const { picture, captioned } = words.of_picture;
  const label = caption ? captioned.replace("{caption}", () => caption) : picture.replace("{name}", () => document.name);
  return (
    <section className="reader-pages" aria-label={words.pages} tabIndex={0} data-pane="">
      <figure className="reader-page">
        <PagePicture address={`/api/documents/${document.id}/pages/1`} page={1} {...lines} label={label} failed={words.page_failed} eager />
        <ShelvedAbout document={document} words={words.of_picture} onSaid={setCaption} />
      </figure>
    </section>
  );
}

// Of the lines of a piece those that are meant, and the others around them.
function drawnOn(page, lines) {
  const here = lines.filter(([[on]]) => on === page);
  const [boxes, around] = [true, false].map((wanted) => here.filter(([, isSaid]) => isSaid === wanted).map(([box]) => box));
  return { boxes, around };
}

function Pages({ document, lines, shown, words }) {
  if (document.kind === "image") return <OnePicture document={document} lines={drawnOn(1, lines)} words={words} />;
  const numbers = Array.from({ length: document.pages }, (_, at) => at + 1);
  return (
    <section className="reader-pages" aria-label={words.pages} tabIndex={0} data-pane="">
      {numbers.map((page) => (
        <figure key={page} className="reader-page">
          <PagePicture
            address={`/api/documents/${document.id}/pages/${page}`} page={page} {...drawnOn(page, lines)}
            label={words.page_of.replace("{page}", page).replace("{count}", document.pages)} failed={words.page_failed}
            bring={shown.page === page ? shown.turn : null} eager={shown.page === page}
          />
          <figcaption>{page}</figcaption>
        </figure>
      ))}
    </section>
  );
}

// The headings of `piece` that those before it did not stand under yet.
function newHeadings(piece, before) {
  const [own, last] = [piece, before].map((one) => (one?.heading ? one.heading.split(" › ") : []));
  const same = own.findIndex((heading, at) => heading !== last[at]);
  return same < 0 ? [] : own.slice(same).map((heading, at) => ({ heading, level: Math.min(6, same + at + 2) }));
}

// `said`: the words of it that an answer took, undefined where none of it is cited.
function Piece({ piece, before, said, paged, onShow, words }) {
  const place = useRef(null);
  useEffect(() => {
    if (!said) return;
    const target = place.current.querySelector("mark") ?? place.current;
    target.scrollIntoView({ block: matchMedia(SIDE_BY_SIDE).matches ? "center" : "start" });
  }, [said?.join()]);
  return (
    <section ref={place} id={`c-${piece.id}`} className={said ? "piece marked" : "piece"} aria-label={said ? words.marked : undefined}>
      {newHeadings(piece, before).map(({ heading, level }) => {
        const Heading = `h${level}`;
        return <Heading key={`${level} ${heading}`}>{heading}</Heading>;
      })}
      <Passage text={piece.text} said={said} />
      {paged && piece.page_from > 0 && (
        <button type="button" className="piece-page" aria-label={words.show_page.replace("{page}", piece.page_from)} title={words.show_page.replace("{page}", piece.page_from)} onClick={onShow}>
          <ScanSearch size={14} aria-hidden="true" /> {piece.page_from}
        </button>
      )}
    </section>
  );
}

function Problem({ problem, onAgain, words }) {
  return (
    <p className="form-error" role="alert">
      {problem} <button type="button" className="row-button" onClick={onAgain}>{words.again}</button>
    </p>
  );
}

function Text({ document, held, onAgain, place, onShow, words }) {
  return (
    <section className="reader-text" aria-label={words.text} aria-busy={held.state === "loading"} tabIndex={0}>
      {held.state === "failed" && <Problem problem={words.failed} onAgain={onAgain} words={words} />}
      {held.state === "here" && held.pieces.length === 0 && <p className="muted">{words.no_text}</p>}
      {held.pieces.map((piece, at) => (
        <Piece
          key={piece.id} piece={piece} before={held.pieces[at - 1]} said={piece.id === place.piece ? place.said : undefined}
          paged={document.pages > 0} onShow={() => onShow(piece)} words={words}
        />
      ))}
    </section>
  );
}

function Head({ document, view, shelf, rooms, words }) {
  const locale = useLocale();
  const navigate = useNavigate();
  const home = document.room ? `/library?room=${document.room}` : "/library";
  const facts = [
    kindOf(document), document.pages > 1 ? words.pages_of.replace("{count}", document.pages) : "", sizeWords(document.size_bytes, locale), document.by,
  ];
  return (
    <header className="reader-head">
      <Link className="icon-button" to={home} aria-label={words.back} title={words.back}><ChevronLeft /></Link>
      <Sign kind={document.kind} />
      <div className="reader-title">
        <h1>{document.name}</h1>
        <p className="muted">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <DocumentMenu document={document} view={view} shelf={shelf} rooms={rooms} words={words} onGone={() => navigate(home)} />
    </header>
  );
}

function Gone({ words }) {
  return (
    <section className="closed-door">
      <h1>{words.gone}</h1>
      <p>{words.gone_lead}</p>
      <Link className="button" to="/library">{words.back}</Link>
    </section>
  );
}

// `known`: the document as it was asked for. What is done with it, here or elsewhere, is told to its shelf.
function Open({ known, rooms, words }) {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [view, shelf] = useShelf(known.room ?? "");
  const document = view.documents.find(({ id }) => id === known.id) ?? known;
  const underWay = isUnderWay(document);
  const busy = underWay && document.status !== "embedding";
  const [held, askText] = useText(known.id, busy);
  const [turn, setTurn] = useState(1);
  const place = placeOf(hash);
  const piece = held.pieces.find(({ id }) => id === place.piece);
  const lines = linesIn(piece?.boxes ?? [], place.said);
  const meant = lines.filter(([, isSaid]) => isSaid).map(([box]) => box);
  const wanted = meant.find(([on]) => on === place.page) ?? meant[0];

  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(() => shelf.look(known.id), LOOK_MS);
    return () => clearInterval(timer);
  }, [underWay, shelf, known.id]);

  function show({ id }) {
    if (id !== place.piece) navigate(`${pathname}#c=${id}`, { replace: true, preventScrollReset: true });
    setTurn(turn + 1);
  }

  return (
    <div className="reader" data-pages={document.pages > 0 ? "yes" : "no"}>
      <Head document={document} view={view} shelf={shelf} rooms={rooms} words={words} />
      {(busy || document.status === "cancelled") && <p className="banner">{words[document.status]}</p>}
      {!underWay && document.unread && <p className="banner"><Unread document={document} shelf={shelf} words={words} /></p>}
      {document.status === "failed" && <p className="banner problem">{reasonOf(document.error, words)}</p>}
      <div className="reader-body">
        {document.pages > 0 && (
          <Pages document={document} lines={lines} shown={{ page: wanted?.[0] ?? piece?.page_from ?? 0, turn: `${hash} ${turn}` }} words={words} />
        )}
        <Text document={document} held={held} onAgain={askText} place={place} onShow={show} words={words} />
      </div>
    </div>
  );
}

// Somebody may remove it, or take it elsewhere, while it is read here.
function One({ id, rooms, words }) {
  const [{ data, problem, status }, again] = useAsked(`/api/documents/${encodeURIComponent(id)}`, words);
  useLookedAfter((one) => one === id, again);
  if (status === 404) return <Gone words={words} />;
  if (data) return <Open known={data} rooms={rooms} words={words} />;
  return <div className="reader" aria-busy={!problem}>{problem && <Problem problem={problem} onAgain={again} words={words} />}</div>;
}

export function Reader({ rooms, words }) {
  const id = useLocation().pathname.split("/").filter(Boolean).at(-1);
  return <One key={id} id={id} rooms={rooms} words={words} />;
}
