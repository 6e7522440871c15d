// What other servers ask for a million tokens: whoever keeps the house writes it down. Nothing is shown without servers.
import { useState } from "react";
import { useAct, useAsked } from "./rest.js";

function Server({ one, words }) {
  const [price, setPrice] = useState({ prompt: one.prompt, output: one.output });
  const [kept, setKept] = useState(false);
  const [refused, busy, act] = useAct(words);

  const put = (side) => (event) => {
    setKept(false);
    setPrice({ ...price, [side]: event.target.value });
  };
  async function keep(event) {
    event.preventDefault();
    const form = { prompt: Number(price.prompt), output: Number(price.output) };
    setKept(Boolean(await act("PUT", `/api/usage/prices/${one.id}`, form)));
  }

  return (
    <li>
      <form className="price" onSubmit={keep} noValidate>
        <span className="price-of">{one.name} <span className="muted">{one.model}</span></span>
        {["prompt", "output"].map((side) => (
          <label key={side} className="field">
            <span className="field-label">{words[side]}</span>
            <input
              type="number" inputMode="decimal" min="0" step="any" value={price[side]} onChange={put(side)}
              aria-label={words.price_of.replace("{what}", words[side]).replace("{name}", one.name)}
            />
          </label>
        ))}
        <button type="submit" className="button" aria-busy={busy} disabled={busy}>{words.keep}</button>
      </form>
      {refused && <p className="form-error" role="alert">{refused}</p>}
      <p className="form-done" role="status">{kept ? words.kept : ""}</p>
    </li>
  );
}

export function Prices({ words }) {
  const [{ data }] = useAsked("/api/usage/prices", words);
  if (!data?.length) return null;
  return (
    <div className="prices">
      <h3>{words.title}</h3>
      <p className="muted">{words.lead}</p>
      <ul role="list">{data.map((one) => <Server key={one.id} one={one} words={words} />)}</ul>
    </div>
  );
}
