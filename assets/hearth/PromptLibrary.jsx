// The questions that a reader keeps, to be written, changed and removed: a part of the settings.
import { useState } from "react";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useAct, useAsked } from "./rest.js";

const NEW = { id: "", title: "", text: "" };

function Form({ prompt, words, busy, onKeep, onDrop }) {
  const [title, setTitle] = useState(prompt.title);
  const [text, setText] = useState(prompt.text);
  const id = `prompt-${prompt.id || "new"}`;
  return (
    <form
      className="prompt-form"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep({ title, text });
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-title`}>{words.name}</label>
        <input id={`${id}-title`} value={title} maxLength={80} required autoFocus onChange={(event) => setTitle(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-text`}>{words.text}</label>
        <textarea id={`${id}-text`} value={text} rows={3} maxLength={8000} required onChange={(event) => setText(event.target.value)} />
      </div>
      <div className="form-actions">
        <button type="submit" className="button main" aria-busy={busy} disabled={busy}>{words.keep}</button>
        <button type="button" className="button" onClick={onDrop}>{words.drop}</button>
      </div>
    </form>
  );
}

export function PromptLibrary({ words }) {
  const [{ data, problem }, again] = useAsked("/api/prompts", words);
  const [refused, busy, act] = useAct(words);
  const [open, setOpen] = useState(null); // the one that is being written
  const [sure, setSure] = useState("");
  const prompts = data?.prompts ?? [];

  async function keep(id, said) {
    const kept = id ? await act("PATCH", `/api/prompts/${id}`, said) : await act("POST", "/api/prompts", said);
    if (!kept) return;
    setOpen(null);
    again();
  }

  async function remove(id) {
    if (sure !== id) {
      setSure(id);
      return;
    }
    setSure("");
    if (await act("DELETE", `/api/prompts/${id}`)) again();
  }

  const form = (prompt) => (
    <Form prompt={prompt} words={words} busy={busy} onKeep={(said) => keep(prompt.id, said)} onDrop={() => setOpen(null)} />
  );
  return (
    <div className="prompt-library">
      {data && prompts.length === 0 && open !== "" && <p className="muted">{words.none}</p>}
      <ul role="list">
        {prompts.map((prompt) => (
          <li key={prompt.id} className="prompt">
            {open === prompt.id ? form(prompt) : (
              <>
                <p><strong>{prompt.title}</strong><span className="muted">{prompt.text}</span></p>
                <button type="button" className="icon-button" aria-label={`${words.change}: ${prompt.title}`} title={words.change} onClick={() => setOpen(prompt.id)}>
                  <Pencil size={18} aria-hidden="true" />
                </button>
                <button
                  type="button" className={sure === prompt.id ? "button danger" : "icon-button"}
                  aria-label={`${sure === prompt.id ? words.remove_sure : words.remove}: ${prompt.title}`} title={words.remove}
                  onClick={() => remove(prompt.id)} onBlur={() => setSure("")}
                >
                  {sure === prompt.id ? words.remove_sure : <Trash2 size={18} aria-hidden="true" />}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {(problem || refused) && <p className="form-error" role="alert">{refused || problem}</p>}
      {open === "" ? form(NEW) : (
        <button type="button" className="button" onClick={() => setOpen("")}><Plus size={18} aria-hidden="true" /> {words.add}</button>
      )}
    </div>
  );
}
