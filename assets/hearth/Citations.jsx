// The sources of answers: a line below an answer that cites, and what a source is, beside the talk where there is room,
// else in a sheet over it: its page with the lines drawn around, its picture, or its words.
import { memo, useEffect, useRef } from "react";
import { Dialog } from "@radix-ui/themes";
import { CornerUpLeft, FileText, Image as Picture, MessageSquareText, Quote, SquareArrowOutUpRight, X } from "lucide-react";
import { Link } from "react-router";
import { PagePicture } from "./PagePicture.jsx";
import { Passage } from "./Passage.jsx";
import { choose, useChoice, useWide } from "./choices.js";
import { countOf, labelOf, lookAgain, showReceipt, showSource, smallOf, useCitations, useCited } from "./citations.js";
import { useLookedAfter } from "./looked_after.js";

const SIGNS = { picture: Picture, message: MessageSquareText };
const NAMED = 2; // sources whose names stand in the line; the others are counted
const close = () => choose("cite", "");
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// --- below an answer

function Pictures({ message, list, words }) {
  const shown = list.filter(({ kind, image_url: image }) => kind === "picture" && image);
  if (!shown.length) return null;
  return (
    <ul className="source-pictures" role="list">
      {shown.map((one) => (
        <li key={one.number}>
          <button type="button" className="source-picture" aria-label={labelOf(one, words)} title={labelOf(one, words)} onClick={() => showSource(message, one.number)}>
            <img src={smallOf(one.image_url)} alt="" loading="lazy" decoding="async" draggable={false} />
            <span className="cite-number" aria-hidden="true">{one.number}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

// `cited`: how many places the answer pointed at when its row was told; `receipt`: id of what was looked up for it, "" if
// nothing was. Once its sources are here they are counted: what was removed since counts no more.
export const Sources = memo(function Sources({ room, message, version, cited, receipt, words }) {
  const now = useCitations(cited > 0 ? room : "", message, `${version} ${cited}`);
  const number = cited > 0 ? countOf(now, cited) : 0;
  if (!number && !receipt) return null;
  const { list } = now;
  const names = [...new Set(list.map(({ name }) => name).filter(Boolean))];
  const more = names.length > NAMED ? ` +${names.length - NAMED}` : "";
  const count = number === 1 ? words.one_source : fill(words.sources, { count: number });
  return (
    <span className={number > 0 ? "sources" : "sources level-ai"}>
      <Pictures message={message} list={list} words={words} />
      {number > 0 && (
        <button type="button" className="sources-open" aria-haspopup="dialog" onClick={() => showSource(message, list[0]?.number ?? 1)}>
          <Quote size={15} aria-hidden="true" />
          <span className="sources-count">{count}</span>
          {names.length > 0 && <span className="sources-names">{names.slice(0, NAMED).join(", ")}{more}</span>}
        </button>
      )}
      {receipt && (
        <button type="button" className="row-button level-ai" aria-haspopup="dialog" onClick={() => showReceipt(receipt)}>{words.receipt}</button>
      )}
    </span>
  );
});

// --- one of them

function Shown({ source, words }) {
  const { kind, document, page, boxes = [], image_url: image, quote, name, caption } = source;
  if (kind === "picture" && image) {
    return (
      <>
        <PagePicture address={image} page={1} boxes={boxes} label={caption || name} failed={words.page_failed} bring={boxes.length ? source.number : null} eager />
        {quote && <blockquote className="source-quote"><Passage text={quote} /></blockquote>}
      </>
    );
  }
  const pages = document && page > 0 ? [...new Set([page, ...boxes.map(([on]) => on)])].sort((a, b) => a - b) : [];
  return (
    <>
      {pages.map((on) => (
        <PagePicture
          key={on} address={`/api/documents/${document}/pages/${on}`} page={on} boxes={boxes.filter((box) => box[0] === on)}
          label={fill(words.page, { page: on })} failed={words.page_failed} bring={on === pages[0] ? source.number : null} eager
        />
      ))}
      {quote && <blockquote className="source-quote"><Passage text={quote} /></blockquote>}
    </>
  );
}

function Source({ source, words, wide }) {
  const { kind, document, name, page, heading, chunk, start, end, message, seq } = source;
  const Sign = SIGNS[kind] ?? FileText;
  const said = end > 0 ? `&s=${start}-${end}` : "";
  const place = chunk ? `#c=${chunk}${page > 0 ? `&p=${page}` : ""}${said}` : "";

  function jump() {
    if (!wide) close(); // the sheet of a phone stands over the talk that is jumped in
    window.dispatchEvent(new CustomEvent("hearth:jump", { detail: { id: message, seq } }));
  }

  return (
    <article className="source">
      <header className="source-head">
        <span className="file-sign"><Sign aria-hidden="true" /></span>
        <div className="source-name">
          <h3>{name}</h3>
          <p className="muted">{[page > 0 ? fill(words.page, { page }) : "", heading].filter(Boolean).join(" · ")}</p>
        </div>
      </header>
      <p className="source-acts">
        {document && <Link className="button" to={`/document/${document}${place}`}><SquareArrowOutUpRight size={16} aria-hidden="true" /> {words.open}</Link>}
        {message && <button type="button" className="button" onClick={jump}><CornerUpLeft size={16} aria-hidden="true" /> {words.jump}</button>}
      </p>
      <Shown source={source} words={words} />
    </article>
  );
}

function All({ room, message, number, words, wide }) {
  const { state, list } = useCited(message);
  const source = list.find((one) => one.number === number);
  useEffect(() => {
    lookAgain(room, message);
  }, [room, message]);
  useLookedAfter((id) => list.some(({ document }) => document === id), () => lookAgain(room, message));
  return (
    <div className="panel-body sources-body" aria-busy={state === "loading"} tabIndex={0} data-pane="">
      {list.length > 1 && (
        <div className="source-numbers" role="group" aria-label={words.panel}>
          {list.map((one) => (
            <button
              key={one.number} type="button" className="source-number" aria-pressed={one.number === number} aria-label={labelOf(one, words)}
              title={labelOf(one, words)} onClick={() => showSource(message, one.number)}
            >
              {one.number}
            </button>
          ))}
        </div>
      )}
      {state === "failed" && (
        <p className="form-error" role="alert">
          {words.failed} <button type="button" className="row-button" onClick={() => lookAgain(room, message)}>{words.again}</button>
        </p>
      )}
      {source && <Source key={`${message} ${number}`} source={source} words={words} wide={wide} />}
      {state === "here" && !source && <p className="muted source-gone" role="status">{words.gone}</p>}
    </div>
  );
}

const Close = ({ label }) => <button type="button" className="icon-button panel-close" aria-label={label} onClick={close}><X /></button>;

function Column({ words, children }) {
  const panel = useRef(null);
  useEffect(() => panel.current.focus({ preventScroll: true }), []);

  function onKeyDown(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    close();
  }

  return (
    <aside className="panel sources-panel" aria-label={words.panel} ref={panel} tabIndex={-1} onKeyDown={onKeyDown}>
      <h2 className="sources-title">{words.panel}</h2>
      <Close label={words.close} />
      {children}
    </aside>
  );
}

// Once on the page of a room.
export function CitationsPanel({ room, words }) {
  const wide = useWide();
  const open = useChoice("cite");
  const panel = useChoice("panel");
  const shown = useRef("");
  const [message = "", number = ""] = open.split(" ");

  // One thing stands beside the talk: whatever came last.
  useEffect(() => {
    if (open && panel) choose(shown.current === open ? "cite" : "panel", "");
    shown.current = open;
  }, [open, panel]);
  useEffect(() => close, [room]);

  if (!open) return null;
  const all = <All room={room} message={message} number={Number(number)} words={words} wide={wide} />;
  if (wide) return <Column words={words}>{all}</Column>;
  return (
    <Dialog.Root open onOpenChange={(now) => now || close()}>
      <Dialog.Content className="panel sheet-panel sources-panel" aria-describedby={undefined}>
        <Dialog.Title className="sources-title">{words.panel}</Dialog.Title>
        <Close label={words.close} />
        {all}
      </Dialog.Content>
    </Dialog.Root>
  );
}
