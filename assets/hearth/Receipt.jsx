// The receipt of one look into what the house knows: what was asked, what was found and how near it was, what was used.
// Its table says what it is by roles of its own: drawn as cards it would be none to whoever hears the page.
import { Dialog } from "@radix-ui/themes";
import { Check, ReceiptText, X } from "lucide-react";
import { Link } from "react-router";
import { roomStore } from "$/public/hearth/feed";
import { choose, useChoice } from "./choices.js";
import { showReceipt } from "./citations.js";
import { useAsked } from "./rest.js";

const close = () => choose("receipt", "");
const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));
const whole = (value) => Math.round(value ?? 0);

// Found, and by neither leg: no index knew it yet, and its words were held against the question.
const isUnscored = ({ rank, vector, text }) => rank > 0 && (vector ?? text ?? null) === null;
const isPicture = ({ kind, key }) => kind === "picture" || key.startsWith("picture:"); // its look brought it then

function Fact({ label, children }) {
  return <div><dt>{label}</dt><dd>{children}</dd></div>;
}

const placeIn = ({ key }) => (key.startsWith("chunk:") ? `#c=${key.slice(6)}` : "");

// Without a key it is gone, or not for this reader.
function nameOf({ key, name }, words) {
  if (!key) return words.gone;
  return name || (key.startsWith("message:") ? words.message : words.picture);
}

// In a narrow sheet a row is a card, and each value bears its column's name.
function Cell({ label, children }) {
  return <td role="cell" data-label={label}>{children}</td>;
}

// `second`: whether the house looked again, question and passage together; then the ranks are of that look.
function Found({ one, words, second }) {
  const page = one.page > 0 ? ` · ${words.page.replace("{page}", one.page)}` : "";
  const name = `${nameOf(one, words)}${page}`;
  return (
    <tr role="row" data-used={one.used ? "yes" : "no"}>
      <td role="cell">{one.rank > 0 ? one.rank : "–"}</td>
      <th role="rowheader" scope="row">{one.document ? <Link to={`/document/${one.document}${placeIn(one)}`}>{name}</Link> : name}</th>
      <Cell label={words.vector}>{score(one.vector)}</Cell>
      <Cell label={words.words}>{isUnscored(one) ? (isPicture(one) ? words.by_look : words.by_words) : score(one.text)}</Cell>
      <Cell label={words.fused}>{score(one.fused)}</Cell>
      {second && <Cell label={words.second}>{score(one.second)}</Cell>}
      <Cell label={words.used}>
        {one.used ? <><Check size={16} aria-hidden="true" /><span className="visually-hidden">{words.is_used}</span></> : <span aria-label={words.not_used}>–</span>}
      </Cell>
    </tr>
  );
}

function Told({ log, words }) {
  const time = whole(log.embed_ms) > 0 ? words.ms_embed.replace("{ms}", whole(log.total_ms)).replace("{embed}", whole(log.embed_ms)) : `${whole(log.total_ms)} ms`;
  const heads = ["rank", "where", "vector", "words", "fused", ...(log.second_look ? ["second"] : []), "used"];
  return (
    <>
      <dl className="how-facts">
        <Fact label={words.question}>{log.question}</Fact>
        {log.query && log.query !== log.question && <Fact label={words.query}>{log.query}</Fact>}
        {words[`mode_${log.mode}`] && <Fact label={words.mode}>{words[`mode_${log.mode}`]}</Fact>}
        {log.second_look && <Fact label={words.second}>{words.second_taken}</Fact>}
        <Fact label={words.time}>{time}</Fact>
      </dl>
      <section>
        <h3>{words.found}</h3>
        {log.is_nothing && <p>{words.nothing}</p>}
        {log.found.length > 0 && (
          <div className="receipt-table" tabIndex={0}>
            <table role="table">
              <thead role="rowgroup"><tr role="row">{heads.map((head) => <th key={head} role="columnheader" scope="col">{words[head]}</th>)}</tr></thead>
              <tbody role="rowgroup">{log.found.map((one) => <Found key={`${one.rank} ${one.key}`} one={one} words={words} second={log.second_look} />)}</tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

function Sheet({ id, words }) {
  const [{ data, problem }] = useAsked(`/api/search-logs/${encodeURIComponent(id)}`, words);
  return (
    <Dialog.Root open onOpenChange={(open) => open || close()}>
      <Dialog.Content className="dialog how receipt">
        <header className="how-head">
          <Dialog.Title className="dialog-title">{words.title}</Dialog.Title>
          <Dialog.Close><button type="button" className="icon-button" aria-label={words.close}><X /></button></Dialog.Close>
        </header>
        <div className="how-body" tabIndex={0} aria-busy={!data && !problem}>
          <Dialog.Description className="muted">{words.lead}</Dialog.Description>
          {problem && <p className="form-error" role="alert">{words.failed}</p>}
          {data && <Told log={data} words={words} />}
        </div>
      </Dialog.Content>
    </Dialog.Root>
  );
}

// Once on the page of a room.
export function Receipt({ words }) {
  const id = useChoice("receipt");
  return id ? <Sheet key={id} id={id} words={words} /> : null;
}

// In the sheet that says how an answer was made: the way to its receipt, if anything was looked up for it.
export function ReceiptLink({ message, label }) {
  const id = roomStore()?.rowOf(message)?.sources;
  if (!id) return null;
  return (
    <button type="button" className="button" onClick={() => showReceipt(id)}><ReceiptText size={18} aria-hidden="true" /> {label}</button>
  );
}
