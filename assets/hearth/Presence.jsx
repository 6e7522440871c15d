// Small signs of people: who writes, who looks at a room in the lobby, and what waits unread in one, or in its talks with
// an AI.
import { useLocale } from "./locale";
import { useUnread, useUnreadTalks } from "./news.js";
import { useHereIn, useTyping } from "./people.js";
import { together, subject } from "./particles.js";

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

// Always as high as a line, so that the talk does not move when somebody begins to write.
export function Typing({ one, two, many }) {
  const names = useTyping();
  const korean = useLocale() === "ko";
  const [first, second] = names;
  const words = [
    "",
    () => fill(one, { name: korean ? subject(first) : first }),
    () => fill(two, korean ? { one: together(first), two: subject(second) } : { one: first, two: second }),
  ];
  const said = names.length > 2 ? many : names.length && words[names.length]();
  return (
    <p className="typing" data-writing={names.length > 0 ? "yes" : "no"}>
      {said ? (
        <>
          <span className="typing-dots" aria-hidden="true"><span /><span /><span /></span>
          <span className="typing-words">{said}</span>
        </>
      ) : null}
    </p>
  );
}

// `names` are those that the list came with; who comes and goes since is told.
export function HereIn({ room, names, words }) {
  const there = useHereIn(room) ?? names ?? [];
  if (there.length === 0) return null;
  return (
    <span className="room-card-here">
      <span className="here-dot" aria-hidden="true" />
      {fill(words, { names: there.join(", ") })}
    </span>
  );
}

export function UnreadBadge({ room, words, calledWords }) {
  const { unread, mentions } = useUnread(room);
  if (!unread) return null;
  const said = `${fill(words, { count: unread })}${mentions ? `, ${calledWords}` : ""}`;
  return (
    <span className={mentions ? "unread-badge called" : "unread-badge"}>
      <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
      <span className="visually-hidden">{said}</span>
    </span>
  );
}

export function TalksDot({ room, words }) {
  if (!useUnreadTalks(room)) return null;
  return (
    <span className="unread-dot">
      <span className="visually-hidden">{words}</span>
    </span>
  );
}
