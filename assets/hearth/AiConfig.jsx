// Settings of answers, of a talk with an AI or of the reader's own: what is left empty says nothing. The house decides
// what is a possible value, and who may change it.
import { useEffect, useId, useRef, useState } from "react";
import { ask, useAsked } from "./rest.js";

export const NUMBERS = [
  ["temperature", { min: 0, max: 2, step: 0.1 }],
  ["top_p", { min: 0.01, max: 1, step: 0.01 }],
  ["max_tokens", { min: 1, max: 8192, step: 1 }],
  ["context_turns", { min: 1, max: 500, step: 1 }],
];

const SAMPLES = { house: null, on: true, off: false };
const sampleOf = (value) => Object.keys(SAMPLES).find((key) => SAMPLES[key] === (value ?? null));

// What stands in a form, or in a fieldset.
export function collect(form) {
  const given = (name) => form.elements.namedItem(name)?.value ?? "";
  const number = (name) => (given(name).trim() === "" ? null : Number(given(name).replace(",", ".")));
  return {
    model: given("model"),
    system_prompt: given("system_prompt"),
    do_sample: SAMPLES[given("do_sample")],
    ...Object.fromEntries(NUMBERS.map(([name]) => [name, number(name)])),
  };
}

function Field({ id, label, hint, children }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && <p id={`${id}-hint`} className="muted">{hint}</p>}
    </div>
  );
}

export function Fields({ config, models, prompted, numbers = NUMBERS, words, base }) {
  const one = (name) => `${base}-${name}`;
  return (
    <>
      {prompted && (
        <Field id={one("system_prompt")} label={words.prompt} hint={words.prompt_hint}>
          <textarea id={one("system_prompt")} name="system_prompt" rows="4" defaultValue={config.system_prompt ?? ""} aria-describedby={`${one("system_prompt")}-hint`} />
        </Field>
      )}
      <Field id={one("model")} label={words.model}>
        <select id={one("model")} name="model" defaultValue={config.model ?? ""}>
          <option value="">{words.model_default}</option>
          {models.filter(({ ref }) => ref).map(({ ref, name }) => <option key={ref} value={ref}>{name}</option>)}
        </select>
      </Field>
      <div className="config-numbers">
        {numbers.map(([name, limits]) => (
          <Field key={name} id={one(name)} label={words[name]} hint={words[`${name}_hint`]}>
            <input
              id={one(name)} name={name} type="number" inputMode="decimal" {...limits} defaultValue={config[name] ?? ""}
              aria-describedby={words[`${name}_hint`] ? `${one(name)}-hint` : undefined}
            />
          </Field>
        ))}
      </div>
      <Field id={one("do_sample")} label={words.sample}>
        <select id={one("do_sample")} name="do_sample" defaultValue={sampleOf(config.do_sample)}>
          {Object.keys(SAMPLES).map((key) => <option key={key} value={key}>{words[`sample_${key}`]}</option>)}
        </select>
      </Field>
    </>
  );
}

// `address`: where the settings are read and kept; `session`: whose they are, if they are a talk's.
export function AiConfig({ address, session, words }) {
  const [{ data: config, problem }] = useAsked(address, words);
  const [{ data: models }] = useAsked(address && "/api/llm/models", words);
  const [{ data: talk }] = useAsked(session && `/api/llm/sessions/${session}`, words);
  const [now, setNow] = useState({ busy: false, kept: false, problem: "" });
  const form = useRef(null);
  const base = useId();
  useEffect(() => setNow({ busy: false, kept: false, problem: "" }), [address]);

  async function keep(event) {
    event.preventDefault();
    if (now.busy) return;
    setNow({ busy: true, kept: false, problem: "" });
    try {
      const { ok, said } = await ask(address, "PUT", collect(form.current));
      mark(ok ? null : said.field);
      setNow({ busy: false, kept: ok, problem: ok ? "" : said.detail || words.unexpected });
    } catch {
      setNow({ busy: false, kept: false, problem: words.offline });
    }
  }

  function mark(name) {
    form.current.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    const field = name && form.current.elements.namedItem(name);
    field?.setAttribute?.("aria-invalid", "true");
    field?.focus?.();
  }

  if (problem) return <p className="form-error" role="alert">{problem}</p>;
  if (!config || !models || (session && talk?.session_id !== session)) return null;
  const mayKeep = !session || talk.may_keep;
  return (
    <form key={address + JSON.stringify(config)} ref={form} className="form ai-config" onSubmit={keep} onInput={() => now.kept && setNow({ ...now, kept: false })} noValidate>
      {!mayKeep && <p className="muted">{words.see_only}</p>}
      <fieldset className="form" disabled={!mayKeep}>
        <Fields config={config} models={models} prompted={Boolean(session)} words={words} base={base} />
      </fieldset>
      <p className="form-error" role="alert">{now.problem}</p>
      {mayKeep && (
        <div className="form-actions">
          <button type="submit" className="button main" aria-busy={now.busy}>{words.keep}</button>
        </div>
      )}
      <p className="form-done" role="status">{now.kept ? words.kept : ""}</p>
    </form>
  );
}
