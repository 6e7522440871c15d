// A button that asks the REST API for something that may take its time. The page stays free meanwhile; what the house
// answers when it refuses is shown below. Drawn with what it holds, a picture for instance, it has `label` as its name.
import { useRef, useState } from "react";
import { ask } from "./rest.js";

export function ApiButton({ label, action, method, body, pressed, offline, unexpected, className, onDone, children }) {
  const busy = useRef(false);
  const [{ waits, problem }, setNow] = useState({ waits: false, problem: "" });

  async function go() {
    if (busy.current) return;
    busy.current = true;
    setNow({ waits: true, problem: "" });
    try {
      const { ok, said } = await ask(action, method, body ?? {});
      setNow({ waits: false, problem: ok ? "" : said.detail || unexpected });
    } catch {
      setNow({ waits: false, problem: offline });
    }
    busy.current = false;
    onDone?.();
  }

  const named = children ? { "aria-label": label, title: label } : {};
  return (
    <>
      <button type="button" className={className} aria-busy={waits} aria-pressed={pressed} onClick={go} {...named}>
        {children ?? label}
      </button>
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </>
  );
}
