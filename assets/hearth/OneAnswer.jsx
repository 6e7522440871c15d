// Settings for the answers to one message alone: a small form above the box. What is left empty is as ever. The house
// lays them over everybody else's word, and keeps with the answer what was set.
import { useEffect, useId, useRef } from "react";
import { X } from "lucide-react";
import { Fields, NUMBERS, collect } from "./AiConfig.jsx";
import { useAsked } from "./rest.js";

const SET = ["temperature", "max_tokens"];
const numbers = NUMBERS.filter(([name]) => SET.includes(name));
const isSet = ([, value]) => value !== null && value !== undefined && value !== "";
const modelName = (ref) => ref.split(/[:/]/).at(-1);

// In words, for the line above the box: ["Temperature 0.2", …].
export function settingsOf(config, words) {
  const said = {
    model: (value) => modelName(value),
    do_sample: (value) => words[value ? "sample_on" : "sample_off"],
  };
  return Object.entries(config).map(([name, value]) => said[name]?.(value) ?? `${words[name]} ${value}`);
}

export function OneAnswer({ config, words, onKeep, onClose }) {
  const [{ data: models, problem }] = useAsked("/api/llm/models", words);
  const form = useRef(null);
  const base = useId();
  const known = Boolean(models);
  useEffect(() => form.current?.querySelector("select, input")?.focus(), [known]);

  // Not a form of its own: it stands in that of the box.
  function keep() {
    const wrong = [...form.current.querySelectorAll("input")].find((input) => !input.checkValidity());
    if (wrong) return wrong.reportValidity();
    const set = Object.fromEntries(Object.entries(collect(form.current)).filter(isSet));
    return onKeep(Object.keys(set).length ? set : null);
  }

  function onKeyDown(event) {
    if (event.key === "Escape") onClose();
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault(); // it would send what stands in the box
    keep();
  }

  if (!models && !problem) return null;
  const spoken = models?.filter((model) => model.kind !== "remote"); // words leave the house by a room's choice alone
  return (
    <section className="composer-help composer-once" aria-label={words.once} onKeyDown={onKeyDown}>
      <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}><X size={18} aria-hidden="true" /></button>
      <p className="field-label">{words.once}</p>
      {!spoken && <p className="form-error" role="alert">{problem}</p>}
      {spoken && (
        <>
          <p className="muted">{words.once_lead}</p>
          <fieldset ref={form} className="form ai-config">
            <Fields config={config ?? {}} models={spoken} numbers={numbers} words={words} base={base} />
            <div className="form-actions">
              {config && <button type="button" className="button plain" onClick={() => onKeep(null)}>{words.once_drop}</button>}
              <button type="button" className="button main" onClick={keep}>{words.once_keep}</button>
            </div>
          </fieldset>
        </>
      )}
    </section>
  );
}
