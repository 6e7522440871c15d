// The rows of a library: what is on its way there, and what lies there with how far the house is with it.
import { BookOpen, FileCode, FileSpreadsheet, FileText, Globe, Image, LoaderCircle, Presentation, RotateCcw, TriangleAlert, X } from "lucide-react";
import { Link } from "react-router";
import { DocumentMenu, readAgain } from "./LibraryActs.jsx";
import { nameParts, sizeWords } from "./files.js";
import { isUnderWay } from "./library.js";
import { useLocale } from "./locale";
import { ago, useNow } from "./time.js";

const SIGNS = {
  pdf: FileText, docx: FileText, hwp: FileText, hwpx: FileText, odt: FileText, pptx: Presentation, xlsx: FileSpreadsheet, csv: FileSpreadsheet,
  tsv: FileSpreadsheet, html: Globe, epub: BookOpen, image: Image, code: FileCode, json: FileCode, xml: FileCode,
};
// Kinds that need no word, or another than their own in capitals.
const KINDS = { image: "", code: "", text: "TXT", markdown: "Markdown" };
const STAGES = ["reading", "cutting", "embedding"];

export function Sign({ kind }) {
  const Drawn = SIGNS[kind] ?? FileText;
  return <span className="file-sign" data-kind={kind}><Drawn aria-hidden="true" /></span>;
}

export const kindOf = ({ kind }) => KINDS[kind] ?? kind.toUpperCase();

export function Name({ name }) {
  const [head, tail] = nameParts(name);
  return <bdi className="file-name"><span className="file-head">{head}</span><span className="file-tail">{tail}</span></bdi>;
}

// Why a document could not be read: an error's code, and behind a colon its number.
export function reasonOf(error, words) {
  const [code, value = ""] = (error ?? "").split(":");
  return (words.errors[code] ?? words.no_reason).replace(/\{\w+\}/, value);
}

// Three stages, of which the present one is filled as far as it is.
function Progress({ document, words }) {
  const { status, done, total } = document;
  const at = STAGES.indexOf(status);
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const part = total > 0 ? ` ${done}/${total}` : "";
  const said = `${words[status]}${at < 0 ? "" : part}`;
  return (
    <span className="document-progress">
      <span
        className="stages" role="progressbar" aria-label={document.name} aria-valuemin={0} aria-valuemax={100} aria-valuetext={said}
        aria-valuenow={Math.round(((Math.max(0, at) + (at < 0 ? 0 : share)) / STAGES.length) * 100)}
      >
        {STAGES.map((stage, index) => (
          <span key={stage} className="stage" data-state={index < at ? "done" : index === at ? "now" : ""}>
            <span style={{ width: `${index < at ? 100 : index === at ? share * 100 : 0}%` }} />
          </span>
        ))}
      </span>
      <span className="stage-words">{said}</span>
    </span>
  );
}

// That some of its pages were not read, and the way to read them; for who may change it.
export function Unread({ document, shelf, words }) {
  const { id, status, unread, may_change: mayChange } = document;
  return (
    <span className="document-problem quiet document-unread">
      <span>{reasonOf(unread, words)}</span>
      {mayChange && status === "ready" && (
        <button type="button" className="row-button" onClick={() => readAgain(shelf, id, words)}>{words.reindex}</button>
      )}
    </span>
  );
}

export function DocumentRow({ document, view, shelf, rooms, words }) {
  const locale = useLocale();
  const now = useNow();
  const { id, name, kind, status, pages, error, unread } = document;
  const busy = isUnderWay(document);
  const readable = status === "ready" || status === "embedding";
  const facts = [
    kindOf(document), pages > 1 ? words.pages_of.replace("{count}", pages) : "",
    sizeWords(document.size_bytes, locale), document.mine ? "" : document.by, ago(document.created_at, locale, now),
  ];
  const collection = view.collections.find((one) => one.id === document.collection);
  return (
    <li className="document" data-document={id} data-status={status}>
      <Sign kind={kind} />
      <div className="document-words">
        {readable ? <Link className="document-link" to={`/document/${id}`} title={name}><Name name={name} /></Link> : <span title={name}><Name name={name} /></span>}
        <span className="document-facts">
          {facts.filter(Boolean).join(" · ")}
          {collection && <span className="chip">{collection.name}</span>}
        </span>
        {busy && <Progress document={document} words={words} />}
        {status === "failed" && (
          <span className="document-problem"><TriangleAlert size={15} aria-hidden="true" /> {reasonOf(error, words)}</span>
        )}
        {status === "cancelled" && <span className="document-problem quiet">{words.cancelled}</span>}
        {readable && unread && <Unread document={document} shelf={shelf} words={words} />}
      </div>
      <DocumentMenu document={document} view={view} shelf={shelf} rooms={rooms} words={words} />
    </li>
  );
}

export function UploadRow({ upload, shelf, words }) {
  const locale = useLocale();
  const { key, name, size, part, failed, again, twice, problem, resting, abort } = upload;
  const waits = resting || (!abort && !failed);
  return (
    <li className="document uploading" data-status={failed ? "failed" : "sending"}>
      <span className="file-sign">{failed ? <TriangleAlert aria-hidden="true" /> : <LoaderCircle className="turning" aria-hidden="true" />}</span>
      <div className="document-words">
        <span title={name}><Name name={name} /></span>
        {!failed && (
          <span className="document-progress">
            <progress max={1} value={part} aria-label={name} />
            <span className="stage-words">
              {waits ? words.resting : `${words.sending} ${Math.floor(part * 100)}%`} · {sizeWords(size, locale)}
            </span>
          </span>
        )}
        {failed && <span className="document-problem" role="alert">{problem || words.offline}</span>}
      </div>
      {failed && twice && <button type="button" className="row-button" onClick={() => shelf.retry(key)}>{words.twice}</button>}
      {failed && again && !twice && (
        <button type="button" className="icon-button" aria-label={words.send_again.replace("{name}", name)} onClick={() => shelf.retry(key)}><RotateCcw /></button>
      )}
      <button type="button" className="icon-button" aria-label={words.stop_sending.replace("{name}", name)} onClick={() => shelf.giveUp(key)}><X /></button>
    </li>
  );
}
