// The picture of a persona in its form: chosen and cut here, brought to the house only when the persona is kept.
import { useEffect, useRef, useState } from "react";
import { Crop } from "./Crop.jsx";
import { PersonaFace } from "./Face.jsx";
import { ask, bring } from "./rest.js";

// `picked` is a file, or null to take the picture away.
export function bringPicture(id, picked) {
  const address = `/api/personas/${id}/avatar`;
  return picked ? bring(address, "PUT", picked) : ask(address, "DELETE");
}

function usePreview(picked) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = picked ? URL.createObjectURL(picked) : "";
    setUrl(made);
    return () => made && URL.revokeObjectURL(made);
  }, [picked]);
  return url;
}

export function PersonaPicture({ persona, name, picked, words, error, onPick }) {
  const input = useRef(null);
  const [file, setFile] = useState(null);
  const preview = usePreview(picked);
  const has = picked === undefined ? Boolean(persona?.avatar) : picked !== null;
  const look = persona?.look ?? 0;
  return (
    <div className={`avatar-edit look-${look}`}>
      {preview ? (
        <span className="face persona" aria-hidden="true"><img src={preview} alt="" /></span>
      ) : (
        <PersonaFace person={persona?.id} name={name} avatar={has ? persona?.avatar : ""} look={look} />
      )}
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          setFile(event.target.files[0] ?? null);
          event.target.value = "";
        }}
      />
      <button type="button" className="button" onClick={() => input.current.click()}>{has ? words.another : words.choose}</button>
      {has && <button type="button" className="button plain" onClick={() => onPick(null)}>{words.remove}</button>}
      {error && <p className="form-error" role="alert">{error}</p>}
      {file && (
        <Crop
          file={file}
          aspect={1}
          round
          words={words}
          onDone={(cut) => {
            setFile(null);
            if (cut) onPick(cut);
          }}
        />
      )}
    </div>
  );
}
