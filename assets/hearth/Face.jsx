// A person as a small round picture, or their first letter; and a row of those who are here. The names stand beside
// them in words: a face alone is decoration to a reader of the page.
import { memo, useState } from "react";
import { usePeople } from "./people.js";

const FEW = 4;

// Without `here` the dot is that of a person of the open room while they are in the house.
export function Face({ person, name, avatar, here }) {
  const known = usePeople().find((one) => one.id === person);
  const dot = here ?? Boolean(known?.home);
  const letter = [...(name ?? "")][0] ?? "";
  return (
    <span className="face" aria-hidden="true">
      {avatar ? <img src={`/api/people/${person}/avatar?v=${avatar}`} alt="" loading="lazy" /> : <span>{letter}</span>}
      {dot && <span className="face-dot" />}
    </span>
  );
}

// An AI, in the colour that it wears. A picture that is gone since leaves the letter.
export const PersonaFace = memo(function PersonaFace({ person, name, avatar, look }) {
  const [gone, setGone] = useState("");
  const letter = [...(name ?? "")][0] ?? "";
  const shown = avatar && avatar !== gone;
  return (
    <span className={`face persona look-${look ?? 0}`} aria-hidden="true">
      {shown ? (
        <img src={`/api/personas/${person}/avatar?v=${avatar}`} alt="" loading="lazy" onError={() => setGone(avatar)} />
      ) : (
        <span>{letter}</span>
      )}
    </span>
  );
});

export function Faces({ words }) {
  const here = usePeople().filter((person) => person.here);
  if (here.length === 0) return null;
  return (
    <span className="faces" role="img" aria-label={`${words.replace("{count}", here.length)}: ${here.map((one) => one.name).join(", ")}`}>
      {here.slice(0, FEW).map((one) => <Face key={one.id} person={one.id} name={one.name} avatar={one.avatar} here={false} />)}
      {here.length > FEW && <span className="face more">+{here.length - FEW}</span>}
    </span>
  );
}
