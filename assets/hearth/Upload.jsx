// A model file on its way into the house: chosen or dropped here, sent with its progress, and given up at a word. Only
// XMLHttpRequest tells how much of a body has left.
import { useEffect, useRef, useState } from "react";
import { ByPointer } from "./ByPointer.jsx";
import { DropZone } from "./DropZone.jsx";
import { locale } from "./locale";

const IDLE = { name: "", part: 0, problem: "", done: false };

function reason(request, unexpected) {
  try {
    return JSON.parse(request.responseText).detail || unexpected;
  } catch {
    return unexpected;
  }
}

export function Upload({ label, hint, touchHint, cancelLabel, doneLabel, onlyGguf, offline, unexpected, onDone }) {
  const running = useRef(null);
  const [{ name, part, problem, done }, setNow] = useState(IDLE);
  const busy = Boolean(name) && !problem && !done;

  useEffect(() => () => running.current?.abort(), []);

  // A page that is left takes the upload with it: the browser asks first.
  useEffect(() => {
    if (!busy) return undefined;
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [busy]);

  function send(file) {
    if (busy) return;
    if (!file.name.toLowerCase().endsWith(".gguf")) {
      setNow({ ...IDLE, name: file.name, problem: onlyGguf });
      return;
    }
    const request = new XMLHttpRequest();
    running.current = request;
    const end = (changes) => setNow((now) => ({ ...now, ...changes }));
    request.upload.onprogress = ({ loaded, total }) => end({ part: total ? loaded / total : 0 });
    request.onload = () => {
      if (request.status < 300) end({ part: 1, done: true });
      else end({ problem: reason(request, unexpected) });
      onDone();
    };
    request.onerror = () => end({ problem: offline });
    request.onabort = () => setNow(IDLE);
    request.open("PUT", `/api/models/${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", locale());
    request.setRequestHeader("X-Hearth", "1");
    request.send(file);
    setNow({ ...IDLE, name: file.name });
  }

  return (
    <DropZone id="model-upload" accept=".gguf" label={label} off={busy} onFile={send}>
      {!name && <p className="muted"><ByPointer mouse={hint} touch={touchHint} /></p>}
      {name && (
        <div className="progress-line" role="status">
          <span className="progress-name">{name}</span>
          {busy && <progress max={1} value={part} aria-label={name} />}
          {busy && <span className="progress-part">{Math.floor(part * 100)}%</span>}
          {busy && <button type="button" className="button plain" onClick={() => running.current.abort()}>{cancelLabel}</button>}
          {done && <span className="progress-done">{doneLabel}</span>}
        </div>
      )}
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </DropZone>
  );
}
