// The notes at the foot of the window. They stay while the pointer or the focus is on them.
import { useEffect, useState } from "react";
import { X } from "lucide-react";
import { useLocation } from "react-router";
import { dropNote, isLeft, note, useNotes } from "./notes.js";
import { ask } from "./rest.js";

function Note({ one, words }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return undefined;
    const timer = setTimeout(() => dropNote(one.id), Math.max(1500, one.until - Date.now()));
    return () => clearTimeout(timer);
  }, [held]);

  async function takeBack() {
    dropNote(one.id);
    try {
      const { ok, said } = await ask(one.undo.action, one.undo.method, {});
      if (ok) location.assign(one.undo.next);
      else note(said.detail || words.unexpected, { bad: true });
    } catch {
      note(words.offline, { bad: true });
    }
  }

  return (
    <li
      className={one.bad ? "note bad" : "note"}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p>{one.words}</p>
      {one.undo && <button type="button" className="button" onClick={takeBack}>{one.undo.label}</button>}
      <button type="button" className="icon-button" aria-label={words.close} onClick={() => dropNote(one.id)}><X /></button>
    </li>
  );
}

export function Notes({ words }) {
  const notes = useNotes();
  const { search } = useLocation();

  // Somebody who lost their seat is brought here; who gave it up has left a note of their own.
  useEffect(() => {
    if (new URLSearchParams(search).has("out") && !isLeft()) note(words.out);
  }, [search]);

  return (
    <div className="notes" role="status">
      {notes.length > 0 && <ul role="list">{notes.map((one) => <Note key={one.id} one={one} words={words} />)}</ul>}
    </div>
  );
}
