// The fire of the open room: flame.js says how it burns, this draws it. It is looked at anew when something is said or
// somebody comes, and now and then, because silence changes it too.
import { useEffect, useMemo, useState } from "react";
import { flame } from "./flame.js";
import { usePeople } from "./people.js";

const HEARD = 24; // newest messages that count
const LOOK_MS = 10_000;

function useNow() {
  const [now, setNow] = useState(0);
  useEffect(() => {
    const look = () => setNow(Date.now());
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

// When somebody was last seen to come in; the first look finds people, it does not see them come.
function useArrival(here) {
  const [{ before, at }, setSeen] = useState({ before: null, at: 0 });
  useEffect(() => {
    setSeen((seen) => ({ before: here, at: seen.before !== null && here > seen.before ? Date.now() : seen.at }));
  }, [here]);
  return before === null ? 0 : at;
}

export function RoomFire({ items, thinking, words, children }) {
  const here = usePeople().filter((person) => person.here).length;
  const joinedAt = useArrival(here);
  const now = useNow();
  const last = items.at(-1);
  const said = useMemo(
    () => items.filter((item) => item.kind === "talk").slice(-HEARD).map(({ at, text }) => ({ at: Date.parse(at), text: text ?? "" })),
    [items.length, last?.key],
  );
  const time = Math.max(now, Date.now());
  const { state, height, glow, seconds, log } = flame({ here, said, joinedAt, thinking, now: time, hour: new Date(time).getHours() });
  const style = { "--height": height.toFixed(2), "--warmth": glow.toFixed(2), "--pace": `${seconds.toFixed(2)}s` };
  return (
    <div className={`fire medium ${state}${log ? " fresh-log" : ""}`} style={style} role="img" aria-label={words[state]}>
      {children}
    </div>
  );
}
