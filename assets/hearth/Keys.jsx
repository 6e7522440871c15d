// Keys for programs: making one, which shows it this once, and ending it. The key itself is held by this part alone and
// goes with it; nothing of it is kept in the browser.
import { useId, useRef, useState } from "react";
import { Copy, KeyRound } from "lucide-react";
import { AskFirst } from "./AskFirst.jsx";
import { copyText } from "./clip.js";
import { note } from "./notes.js";
import { useAct, useAsked } from "./rest.js";
import { ago, moment } from "./time.js";
import { useLocale } from "./locale";

const SCOPES = ["read", "write", "llm"];
const DAYS = [7, 30, 90, 365];
const FIRST = { name: "", scopes: ["read"], days: 90 };

function Row({ one, words, onEnd }) {
  const locale = useLocale();
  const ends = one.expired ? words.ended : words.ends.replace("{day}", moment(one.expires_at, locale));
  const used = one.last_used_at ? words.used.replace("{ago}", ago(one.last_used_at, locale)) : words.unused;
  const scopes = one.scopes.map((scope) => words[scope]).join(", ");
  return (
    <li className="device">
      <div className="key-facts">
        <span className="device-name">{one.name}</span>
        <code className="muted">…{one.hint}</code>
        <span className="muted">{[scopes, used, ends].join(" · ")}</span>
      </div>
      <button type="button" className="button" aria-label={words.revoke_this.replace("{name}", one.name)} onClick={onEnd}>
        {words.revoke}
      </button>
    </li>
  );
}

function Made({ made, words, onDone }) {
  const box = useRef(null);
  const copy = async () => {
    const copied = await copyText(made.token);
    note(copied ? words.copied : words.not_copied, { bad: !copied });
    if (!copied) box.current?.select();
  };
  return (
    <div className="key-made" role="status">
      <p>{words.shown}</p>
      <input
        ref={box} className="invite-link" value={made.token} readOnly autoFocus aria-label={words.key}
        autoComplete="off" spellCheck={false} onFocus={(event) => event.target.select()}
      />
      <div className="key-ways">
        <button type="button" className="button main" onClick={copy}><Copy size={18} aria-hidden="true" /> {words.copy}</button>
        <button type="button" className="button" onClick={onDone}>{words.put_away}</button>
      </div>
    </div>
  );
}

function Wish({ words, busy, onMake }) {
  const id = useId();
  const [wish, setWish] = useState(FIRST);
  const put = (more) => setWish({ ...wish, ...more });
  const turn = (scope, on) => put({ scopes: SCOPES.filter((one) => (one === scope ? on : wish.scopes.includes(one))) });
  const submit = (event) => {
    event.preventDefault();
    if (!busy) onMake(wish);
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <div className="field">
        <label htmlFor={`${id}-name`}>{words.name}</label>
        <input
          id={`${id}-name`} value={wish.name} autoComplete="off" aria-describedby={`${id}-hint`}
          onChange={(event) => put({ name: event.target.value })}
        />
        <p className="muted" id={`${id}-hint`}>{words.name_hint}</p>
      </div>
      <fieldset className="setting">
        <legend className="field-label">{words.may}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className="check">
            <input type="checkbox" checked={wish.scopes.includes(scope)} onChange={(event) => turn(scope, event.target.checked)} />
            <span>{words[scope]}</span>
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-days`}>{words.days}</label>
        <select id={`${id}-days`} value={wish.days} onChange={(event) => put({ days: Number(event.target.value) })}>
          {DAYS.map((days) => <option key={days} value={days}>{words[`days_${days}`]}</option>)}
        </select>
      </div>
      <div className="form-actions">
        <button type="submit" className="button main" aria-busy={busy} disabled={busy}>{words.make}</button>
      </div>
    </form>
  );
}

export function Keys({ words }) {
  const [{ data, problem }, again] = useAsked("/api/tokens", words);
  const [refused, busy, act] = useAct(words);
  const [state, setState] = useState({ wants: false, made: null, ends: null });
  const put = (more) => setState((before) => ({ ...before, ...more }));
  const { wants, made, ends } = state;

  async function make(wish) {
    const answer = await act("POST", "/api/tokens", wish);
    if (!answer) return;
    put({ wants: false, made: answer });
    again();
  }

  async function end() {
    if (!(await act("DELETE", `/api/tokens/${ends.id}`))) return;
    put({ ends: null, made: made?.id === ends.id ? null : made });
    again();
  }

  const question = ends && { title: words.ask.replace("{name}", ends.name), lead: words.ask_lead, go: words.go };
  return (
    <>
      {data?.length === 0 && !made && <p className="muted">{words.none}</p>}
      {data?.length > 0 && (
        <ul className="devices" role="list">
          {data.map((one) => <Row key={one.id} one={one} words={words} onEnd={() => put({ ends: one })} />)}
        </ul>
      )}
      {made && <Made made={made} words={words} onDone={() => put({ made: null })} />}
      {wants && <Wish words={words} busy={busy} onMake={make} />}
      {((refused && !ends) || problem) && <p className="form-error" role="alert">{refused || problem}</p>}
      {data && !wants && !made && (
        <button type="button" className="button key-new" onClick={() => put({ wants: true })}>
          <KeyRound size={18} aria-hidden="true" /> {words.new}
        </button>
      )}
      <AskFirst question={question} words={words} busy={busy} problem={ends ? refused : ""} onYes={end} onClose={() => put({ ends: null })} />
    </>
  );
}
