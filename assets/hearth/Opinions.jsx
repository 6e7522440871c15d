// How often answers were found good or bad: a table by model for whoever keeps the house, and a line on the card of a
// persona for whoever it belongs to. Who thought so is told to nobody.
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useLocale } from "./locale";
import { useAsked } from "./rest.js";

export function Opinions({ path, words }) {
  const locale = useLocale();
  const [{ data, problem }] = useAsked(path, words);
  if (problem) return <p className="form-error" role="alert">{problem}</p>;
  if (!data) return null;
  if (data.length === 0) return <p className="muted">{words.opinions_none}</p>;
  const count = (value) => value.toLocaleString(locale);
  return (
    <table className="use-table">
      <caption className="field-label">{words.opinions}</caption>
      <thead>
        <tr>
          <th scope="col">{words.head}</th>
          <th scope="col">{words.up}</th>
          <th scope="col">{words.down}</th>
        </tr>
      </thead>
      <tbody>
        {data.map((line) => (
          <tr key={line.id}>
            <th scope="row">{line.id || words.unknown}</th>
            <td>{count(line.up)}</td>
            <td>{count(line.down)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function OpinionLine({ opinion, words }) {
  if (!opinion) return null;
  const said = words.opinion.replace("{up}", opinion.up).replace("{down}", opinion.down);
  return (
    <p className="persona-opinion muted" title={said}>
      <span className="visually-hidden">{said}</span>
      <span aria-hidden="true"><ThumbsUp size={15} /> {opinion.up}</span>
      <span aria-hidden="true"><ThumbsDown size={15} /> {opinion.down}</span>
    </p>
  );
}
