// The questions that a reader keeps, above the box: one that is picked goes into it. What stands in the box can be kept
// as a further one, under its first words.
import { useEffect, useRef } from "react";
import { X } from "lucide-react";
import { note } from "./notes.js";
import { useAct, useAsked } from "./rest.js";

const TITLE = 40; // letters of a name that is made of the first line

const titleOf = (text) => [...text.trim().split("\n")[0].replace(/[@#<>`]/g, " ").trim()].slice(0, TITLE).join("");

export function SavedPrompts({ words, text, onPick, onClose }) {
  const [{ data, problem }] = useAsked("/api/prompts", words);
  const [refused, busy, act] = useAct(words);
  const box = useRef(null);
  const prompts = data?.prompts ?? [];

  useEffect(() => {
    (box.current.querySelector("li button") ?? box.current.querySelector("button")).focus();
  }, [data]);

  async function keep() {
    const kept = await act("POST", "/api/prompts", { title: titleOf(text), text });
    if (!kept) return;
    note(words.prompts_kept);
    onClose();
  }

  return (
    <section
      ref={box} className="composer-help composer-prompts" aria-label={words.prompts}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}><X size={18} aria-hidden="true" /></button>
      <p className="field-label">{words.prompts}</p>
      {data && prompts.length === 0 && <p className="muted">{words.prompts_none}</p>}
      <ul role="list">
        {prompts.map((prompt) => (
          <li key={prompt.id}>
            <button type="button" onClick={() => onPick(prompt.text)}>
              <span>{prompt.title}</span>
              <span className="muted">{prompt.text}</span>
            </button>
          </li>
        ))}
      </ul>
      {(problem || refused) && <p className="form-error" role="alert">{refused || problem}</p>}
      <p className="prompts-more">
        {text.trim() && <button type="button" className="row-button" aria-busy={busy} onClick={keep}>{words.prompts_keep}</button>}
        <a className="row-button" href="/settings#settings-prompts">{words.prompts_manage}</a>
      </p>
    </section>
  );
}
