// A character card from elsewhere, a picture with words in it or a JSON file: chosen or dropped here, read by the house.
// One whose name is somebody's here comes in under another.
import { useId, useRef, useState } from "react";
import { bring } from "./rest.js";

export function CardImport({ words, onDone }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [unnamed, setUnnamed] = useState(null); // a card that waits for another name
  const nameId = useId();

  async function take(file, name = "") {
    if (!file || busy) return;
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

  function dropped(event) {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  }

  return (
    <div
      className={over ? "upload card-import over" : "upload card-import"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <input
        ref={input}
        type="file"
        accept=".png,.json,image/png,application/json"
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          take(event.target.files[0]);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <button type="button" className="button" aria-busy={busy} onClick={() => input.current.click()}>{words.import}</button>
      <p className="muted">{words.import_hint}</p>
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
    </div>
  );
}
