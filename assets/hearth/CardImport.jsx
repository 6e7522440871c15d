// A character card from elsewhere, a picture with words in it or a JSON file: chosen or dropped here, read by the house.
// One whose name is somebody's here comes in under another.
import { useId, useState } from "react";
import { ByPointer } from "./ByPointer.jsx";
import { DropZone } from "./DropZone.jsx";
import { bring } from "./rest.js";

export function CardImport({ words, onDone }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [unnamed, setUnnamed] = useState(null); // a card that waits for another name
  const nameId = useId();

  async function take(file, name = "") {
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      const { ok, said } = await bring(`/api/personas/import?name=${encodeURIComponent(name)}`, "POST", file);
      setUnnamed(!ok && said.field?.startsWith("name") ? file : null);
      if (ok) onDone(said);
      else setProblem(said.detail || words.unexpected);
    } catch {
      setProblem(words.offline);
    }
    setBusy(false);
  }

  function rename(event) {
    event.preventDefault();
    take(unnamed, event.target.elements.name.value);
  }

  return (
    <DropZone
      className="upload card-import" accept=".png,.json,image/png,application/json" label={words.import} busy={busy}
      onFile={take}
    >
      <p className="muted"><ByPointer mouse={words.import_hint} touch={words.import_hint_touch} /></p>
      {problem && <p className="form-error" role="alert">{problem}</p>}
      {unnamed && (
        <form className="form in-line" onSubmit={rename} noValidate>
          <div className="field">
            <label htmlFor={nameId}>{words.import_name}</label>
            <input id={nameId} name="name" autoComplete="off" />
          </div>
          <button type="submit" className="button main" aria-busy={busy}>{words.import_go}</button>
        </form>
      )}
    </DropZone>
  );
}
