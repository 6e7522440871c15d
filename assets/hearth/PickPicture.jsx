// The buttons with which a picture of somebody is chosen, cut to a square, or taken away again; it stands before them.
import { useRef, useState } from "react";
import { Crop } from "./Crop.jsx";

// `has`: there is one now. `onPick` gets the cut file, or null where there is to be none.
export function PickPicture({ has, words, problem, onPick, children, className = "avatar-edit" }) {
  const input = useRef(null);
  const [file, setFile] = useState(null);

  function cropped(cut) {
    setFile(null);
    if (cut) onPick(cut);
  }

  return (
    <div className={className}>
      {children}
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
      {problem && <p className="form-error" role="alert">{problem}</p>}
      {file && <Crop file={file} aspect={1} round words={words} onDone={cropped} />}
    </div>
  );
}
