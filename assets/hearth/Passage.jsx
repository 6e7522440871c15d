// The words of a document as they were read, drawn as they stand. Nothing of it is Markdown, and no link comes of it.
import { partsOf, placeOf } from "./passage.js";

function Table({ rows }) {
  const [head, ...body] = rows;
  return (
    <div className="passage-table" tabIndex={0}>
      <table>
        <thead><tr>{head.map((cell, at) => <th key={at} scope="col">{cell}</th>)}</tr></thead>
        <tbody>
          {body.map((row, line) => <tr key={line}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Marked({ text, quote }) {
  const place = quote ? placeOf(text, quote) : null;
  if (!place) return text;
  return <>{text.slice(0, place[0])}<mark>{text.slice(...place)}</mark>{text.slice(place[1])}</>;
}

export function Passage({ text, quote = "" }) {
  const parts = partsOf(text);
  if (parts.length === 1 || (quote && placeOf(text, quote))) {
    return parts[0].kind === "table" && parts.length === 1 && !quote ? <Table rows={parts[0].rows} /> : <p className="passage-text"><Marked text={text} quote={quote} /></p>;
  }
  return parts.map((part, at) => (part.kind === "table" ? <Table key={at} rows={part.rows} /> : part.text.trim() && <p key={at} className="passage-text">{part.text.trim()}</p>));
}
