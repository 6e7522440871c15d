// One's own picture: chosen, cut to a square, brought to the house; or taken away again.
import { useRef, useState } from "react";
import { Crop } from "./Crop.jsx";
import { Face } from "./Face.jsx";
import { ask, bring } from "./rest.js";

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
            if (cut) act(bring("/api/me/avatar", "PUT", cut));
          }}
        />
      )}
    </div>
  );
}
