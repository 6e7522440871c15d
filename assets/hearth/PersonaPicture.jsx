// The picture of a persona in its form: chosen and cut here, brought to the house only when the persona is kept.
import { useEffect, useState } from "react";
import { PersonaFace } from "./Face.jsx";
import { PickPicture } from "./PickPicture.jsx";
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
  const preview = usePreview(picked);
  const has = picked === undefined ? Boolean(persona?.avatar) : picked !== null;
  const look = persona?.look ?? 0;
  return (
    <PickPicture className={`avatar-edit look-${look}`} has={has} words={words} problem={error} onPick={onPick}>
      {preview ? (
        <span className="face persona" aria-hidden="true"><img src={preview} alt="" /></span>
      ) : (
        <PersonaFace person={persona?.id} name={name} avatar={has ? persona?.avatar : ""} look={look} />
      )}
    </PickPicture>
  );
}
