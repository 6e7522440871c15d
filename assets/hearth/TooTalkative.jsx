// A button below an answer that nobody had called for: whoever finds it too talkative says so once.
import { useState } from "react";
import { ask } from "$/public/hearth/rest";

export function TooTalkative({ room, message, words }) {
  const [{ busy, done, problem }, setNow] = useState({ busy: false, done: false, problem: "" });

  async function say() {
    if (busy) return;
    setNow({ busy: true, done: false, problem: "" });
    try {
      const { ok, said } = await ask(`/api/rooms/${room}/messages/${message}/too-talkative`, "POST", {});
      setNow({ busy: false, done: ok, problem: ok ? "" : said.detail || words.unexpected });
    } catch {
      setNow({ busy: false, done: false, problem: words.offline });
    }
  }

  // The region stands there before its words do: else a screen reader does not say them.
  return (
    <>
      {!done && (
        <button type="button" className="row-button too-talkative" title={words.too_talkative_title} aria-busy={busy} onClick={say}>
          {words.too_talkative}
        </button>
      )}
      <span className="row-note" role="status">{done ? words.noted : problem}</span>
    </>
  );
}
