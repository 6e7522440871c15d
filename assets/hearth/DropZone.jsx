// A place for one file: chosen by its button, or dropped on it.
import { useRef, useState } from "react";

// `off`: no file is taken now. What stands below the button are the children.
export function DropZone({ className = "upload", id, accept, label, busy = false, off = false, onFile, children }) {
  const input = useRef(null);
  const [over, setOver] = useState(false);

  function dropped(event) {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer.files[0]) onFile(event.dataTransfer.files[0]);
  }

  return (
    <div
      className={over ? `${className} over` : className}
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
        accept={accept}
        className="visually-hidden"
        id={id}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          if (event.target.files[0]) onFile(event.target.files[0]);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <button type="button" className="button" aria-busy={busy} disabled={off} onClick={() => input.current.click()}>{label}</button>
      {children}
    </div>
  );
}
