// A number in an answer that points at its source: a small button, named by what it points at. "?" stands behind what no
// source says.
import { labelOf, showSource, useCited } from "$/public/hearth/citations";

export function Cite({ message, number, words }) {
  const { state, list } = useCited(message);
  if (number === "?") return <span className="unsupported" role="img" aria-label={words.unsupported} title={words.unsupported}>?</span>;
  const source = list.find((one) => one.number === Number(number));
  if (state === "here" && !source) return <span className="cite-gone" title={words.gone}>{`[${number}]`}</span>;
  const label = labelOf(source ?? { number }, words);
  return (
    <button
      type="button" className="cite" aria-label={label} title={label} tabIndex={-1}
      onClick={() => showSource(message, Number(number))}
    >
      {number}
    </button>
  );
}
