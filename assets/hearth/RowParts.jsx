// Small parts of a row of the talk. They draw and do nothing: what is pressed in them is heard by RowMenu.jsx, once for
// all rows, by its `data-row-act`.
import { memo } from "react";
import { useLocale } from "$/public/hearth/locale";
import { useUnreadBy } from "$/public/hearth/people";
import { useStarred } from "$/public/hearth/stars";

const SHOWN = 12; // names beside an emoji, as many as the house tells

// The message that is answered, as a line above the one that answers.
export const Quote = memo(function Quote({ reply, label, gone }) {
  const name = useLocale() === "ko" ? reply.name : reply.name_en;
  const text = reply.deleted ? gone : reply.text;
  return (
    <button
      type="button"
      className="quote"
      data-row-act="jump"
      data-to={reply.id}
      data-to-seq={reply.seq}
      aria-label={`${label.replace("{name}", name)}: ${text}`}
    >
      <span className="quote-name">{name}</span>
      <span className={reply.deleted ? "quote-text gone" : "quote-text"}>{text}</span>
    </button>
  );
});

export const Reactions = memo(function Reactions({ reactions, by, others }) {
  if (!reactions.length) return null;
  return (
    <div className="reactions">
      {reactions.map(({ emoji, count, mine, names }) => {
        const more = count - Math.min(names.length, SHOWN);
        const sentence = (more > 0 ? others : by).replace("{names}", names.join(", ")).replace("{count}", more);
        return (
          <button
            key={emoji}
            type="button"
            className={mine ? "reaction mine" : "reaction"}
            data-row-act="toggle"
            data-emoji={emoji}
            data-names={names.join(", ") + (more > 0 ? ` +${more}` : "")}
            aria-pressed={mine}
            aria-label={sentence.replace("{emoji}", emoji)}
          >
            <span aria-hidden="true">{emoji}</span>
            <span className="reaction-count">{count}</span>
          </button>
        );
      })}
    </div>
  );
});

// How many have not read a message of one's own; nothing where nobody is left or nobody tells.
export function UnreadBy({ seq, label }) {
  const count = useUnreadBy(seq);
  if (!count) return null;
  const sentence = label.replace("{count}", count);
  return <span className="row-unread" role="img" aria-label={sentence} title={sentence}>{count}</span>;
}

export function StarMark({ message, label }) {
  const starred = useStarred(message);
  return starred ? <span className="row-star" role="img" aria-label={label} title={label}>★</span> : null;
}
