// The words of a document as they were read, drawn as they stand. Nothing of it is Markdown, and no link comes of it.
import { partsOf, placeIn, withMark } from "./passage.js";

function Marked({ text, at, place }) {
  const [before, said, after] = withMark(text, at, place);
  return said ? <>{before}<mark>{said}</mark>{after}</> : before;
}

function Table({ rows, place }) {
  const [head, ...body] = rows;
  return (
    <div className="passage-table" tabIndex={0}>
      <table>
        <thead><tr>{head.map((cell, at) => <th key={at} scope="col"><Marked {...cell} place={place} /></th>)}</tr></thead>
        <tbody>
          {body.map((row, line) => <tr key={line}>{row.map((cell, at) => <td key={at}><Marked {...cell} place={place} /></td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function Words({ text, at, place }) {
  const begins = at + text.length - text.trimStart().length;
  return text.trim() && <p className="passage-text"><Marked text={text.trim()} at={begins} place={place} /></p>;
}

// `said`: from which character to which an answer took it; from 0 to 0: nothing is marked.
export function Passage({ text, said = [0, 0] }) {
  const place = placeIn(text, said);
  return partsOf(text).map((part) => (
    part.kind === "table" ? <Table key={part.at} rows={part.rows} place={place} /> : <Words key={part.at} text={part.text} at={part.at} place={place} />
  ));
}
