// A persona as it is being written: each error stands under its field, and what was typed stays in this browser until it
// is kept or begun anew, whatever happens to the page.
import { useEffect, useId, useRef, useState } from "react";
import { PersonaPicture, bringPicture } from "./PersonaPicture.jsx";
import { dropDraft, keepDraft, keptDraft } from "./persona_drafts.js";
import { NUMBERS, WORDS, asSent, asWritten } from "./persona_fields.js";
import { useLocale } from "./locale";
import { ask } from "./rest.js";

const STEPS = { temperature: 0.1, top_p: 0.05, max_tokens: 1 };

function Field({ label, hint, error, count, most, children }) {
  const id = useId();
  const over = most && count > most;
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <div className="field-top">
        <label htmlFor={id}>{label}</label>
        {most && <span className={over ? "field-count over" : "field-count"} aria-hidden="true">{`${count.toLocaleString()} / ${most.toLocaleString()}`}</span>}
      </div>
      {children({ id, "aria-describedby": about || undefined, "aria-invalid": error ? "true" : undefined })}
      {hint && <p id={`${id}-hint`} className="muted">{hint}</p>}
      {error && <p id={`${id}-error`} className="form-error" role="alert">{error}</p>}
    </div>
  );
}

export function PersonaForm({ me, persona, limits, models, words, onKept, onChanged, onClose }) {
  const place = `${me}_${persona?.id ?? "new"}`; // another person in this tab finds nothing of it
  const names = useLocale() === "ko" ? ["name_ko", "name_en"] : ["name_en", "name_ko"];
  const first = useRef(null);
  const form = useRef(null);
  const [made, setMade] = useState(persona); // a new one that exists already, while its picture does not
  const [draft, setDraft] = useState(() => keptDraft(place) ?? asWritten(persona));
  const [restored, setRestored] = useState(() => keptDraft(place) !== null);
  const [picked, setPicked] = useState(); // undefined: as it is; null: none; else a file
  const [refusal, setRefusal] = useState({ field: "", words: "" });
  const [busy, setBusy] = useState(false);

  useEffect(() => first.current.focus(), []);
  useEffect(() => {
    if (refusal.words) form.current.querySelector("[aria-invalid=true]")?.focus();
  }, [refusal]);

  const write = (name) => (event) => {
    const next = { ...draft, [name]: event.target.value };
    setDraft(next);
    keepDraft(place, next);
  };

  function beginAnew() {
    dropDraft(place);
    setDraft(asWritten(persona));
    setPicked(undefined);
    setRestored(false);
    setRefusal({ field: "", words: "" });
    first.current.focus();
  }

  // What is wrong with a name that was not written is wrong with the one that stands for it.
  const placeOf = (field) => (names.includes(field) && !draft[field].trim() ? (names.find((name) => draft[name].trim()) ?? names[0]) : field);

  // The words first, then the picture: where only the second is refused, the first are kept already.
  async function keep() {
    const [method, address] = made ? ["PATCH", `/api/personas/${made.id}`] : ["POST", "/api/personas"];
    const { ok, said } = await ask(address, method, asSent(draft, made));
    if (!ok) return { field: placeOf(said.field?.split(".").at(-1) ?? ""), words: said.detail || words.unexpected };
    dropDraft(place);
    setMade(said);
    const picture = picked === undefined ? null : await bringPicture(said.id, picked);
    if (!picture || picture.ok) return { persona: said };
    onChanged();
    return { field: "avatar", words: picture.said.detail || words.unexpected };
  }

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setRefusal({ field: "", words: "" });
    const outcome = await keep().catch(() => ({ field: "", words: words.offline }));
    setBusy(false);
    if (outcome.persona) onKept(outcome.persona);
    else setRefusal(outcome);
  }

  // Enter that only ends a Hangul or kana composition is not "keep".
  function composing(event) {
    if (event.key === "Enter" && (event.nativeEvent.isComposing || event.keyCode === 229)) event.preventDefault();
  }

  const errorOf = (name) => (refusal.field === name ? refusal.words : "");
  const shown = [...WORDS, ...NUMBERS, "model", "avatar"].includes(refusal.field);
  const field = (name, draw, more = {}) => (
    <Field label={words[name]} hint={words[`${name}_hint`]} error={errorOf(name)} {...more}>
      {(props) => draw({ ...props, name, value: draft[name], onChange: write(name) })}
    </Field>
  );
  const counted = (name) => ({ count: [...draft[name]].length, most: limits[name] });
  const line = (props) => <input type="text" autoComplete="off" {...props} />;
  const box = (rows) => (props) => <textarea rows={rows} {...props} />;
  const number = (props) => (
    <input type="number" inputMode="decimal" step={STEPS[props.name]} placeholder={words.as_house} {...props} />
  );

  return (
    <form ref={form} className="form persona-form" onSubmit={submit} onKeyDown={composing} aria-label={persona ? words.edit : words.new} noValidate>
      {restored && (
        <p className="persona-restored" role="status">
          {words.restored} <button type="button" className="row-button" onClick={beginAnew}>{words.anew}</button>
        </p>
      )}
      <PersonaPicture persona={persona} name={draft.name_ko || draft.name_en} picked={picked} words={words} error={errorOf("avatar")} onPick={setPicked} />
      <div className="persona-names">
        {field(names[0], (props) => <input ref={first} type="text" autoComplete="off" {...props} />)}
        {field(names[1], line, { hint: words.other_name_hint })}
      </div>
      {field("about", line)}
      {field("instructions", box(6), counted("instructions"))}
      {field("greeting", box(2))}
      {field("voice", line)}
      <fieldset className="persona-advanced level-advanced">
        <legend className="field-label">{words.advanced}</legend>
        <div className="persona-numbers">{NUMBERS.map((name) => <div key={name}>{field(name, number)}</div>)}</div>
        {models.length > 2 &&
          field("model", (props) => (
            <select {...props}>
              {models.map(({ ref, name }) => <option key={ref} value={ref}>{ref ? name : words.house_model.replace("{name}", name)}</option>)}
            </select>
          ))}
      </fieldset>
      {refusal.words && !shown && <p className="form-error" role="alert">{refusal.words}</p>}
      <div className="form-actions">
        <button type="button" className="button plain" onClick={onClose}>{words.close}</button>
        <button type="submit" className="button main" aria-busy={busy}>{words.keep}</button>
      </div>
    </form>
  );
}
