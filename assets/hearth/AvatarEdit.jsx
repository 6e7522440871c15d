// One's own picture: chosen, cut to a square, brought to the house; or taken away again.
import { useRef, useState } from "react";
import { Crop } from "./Crop.jsx";
import { Face } from "./Face.jsx";
import { locale } from "./locale";
import { ask } from "./rest.js";

async function bring(file) {
  const headers = { "Content-Type": "application/octet-stream", "Accept-Language": locale(), "X-Hearth": "1" };
  const answer = await fetch("/api/me/avatar", { method: "PUT", credentials: "same-origin", headers, body: file });
  return { ok: answer.ok, said: await answer.json().catch(() => ({})) };
}

export function AvatarEdit({ person, name, avatar, words, onDone }) {
  const input = useRef(null);
  const [file, setFile] = useState(null);
  const [problem, setProblem] = useState("");

  async function act(doing) {
    setProblem("");
    try {
      const { ok, said } = await doing;
      if (!ok) setProblem(said.detail || words.unexpected);
    } catch {
      setProblem(words.offline);
    }
    onDone?.();
  }

  return (
    <div className="avatar-edit">
      <Face person={person} name={name} avatar={avatar} />
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
      <button type="button" className="button" onClick={() => input.current.click()}>{avatar ? words.another : words.choose}</button>
      {avatar && <button type="button" className="button plain" onClick={() => act(ask("/api/me/avatar", "DELETE"))}>{words.remove}</button>}
      {problem && <p className="form-error" role="alert">{problem}</p>}
      {file && (
        <Crop
          file={file}
          aspect={1}
          round
          words={words}
          onDone={(cut) => {
            setFile(null);
            if (cut) act(bring(cut));
          }}
        />
      )}
    </div>
  );
}
