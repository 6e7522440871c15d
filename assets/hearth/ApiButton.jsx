// A button that asks the REST API for something that may take its time. The page stays free meanwhile; what the house
// answers when it refuses is shown below.
import { useRef, useState } from "react";
import { ask } from "./ApiForm";

export function ApiButton({ label, action, method, offline, unexpected, className, onDone }) {
  const busy = useRef(false);
  const [{ waits, problem }, setNow] = useState({ waits: false, problem: "" });

  async function go() {
    if (busy.current) return;
    busy.current = true;
    setNow({ waits: true, problem: "" });
    try {
      const { ok, said } = await ask(action, method, {});
      setNow({ waits: false, problem: ok ? "" : said.detail || unexpected });
    } catch {
      setNow({ waits: false, problem: offline });
    }
    busy.current = false;
    onDone();
  }

  return (
    <>
      <button type="button" className={className} aria-busy={waits} onClick={go}>{label}</button>
      {problem && <p className="form-error" role="alert">{problem}</p>}
    </>
  );
}
