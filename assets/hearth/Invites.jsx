// Links into a room: making one, handing it on by copy, by the phone's own sharing and as a picture to point a camera
// at, and taking it back.
import { useState } from "react";
import { Copy, Link as LinkIcon, Share2 } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { addressFor, isHereOnly } from "./address.js";
import { copyText } from "./clip.js";
import { note } from "./notes.js";
import { useAct, useAsked } from "./rest.js";
import { moment } from "./time.js";
import { useLocale } from "./locale";

const LIVES = [[1, "life_1h"], [24, "life_1d"], [168, "life_7d"], [0, "life_ever"]];
const USES = [[0, "uses_any"], [1, "uses_1"], [5, "uses_5"], [25, "uses_25"]];
const QUIET = 4; // modules around it: a camera needs them

async function copy(link, words) {
  if (await copyText(link)) note(words.copied);
  else note(words.not_copied, { bad: true }); // the link stands there to be marked
}

function Choice({ id, label, options, words, value, onChange }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(Number(event.target.value))}>
        {options.map(([option, key]) => <option key={option} value={option}>{words[key]}</option>)}
      </select>
    </div>
  );
}

function Shown({ invite, base, nearby, name, words }) {
  const link = `${base || addressFor(nearby)}/join/${invite.code}`;
  const share = { title: name, text: words.share_text.replace("{room}", name), url: link };
  return (
    <div className="invite-shown">
      {/* light in both themes: cameras look for dark on light */}
      <div className="qr light">
        <QRCodeSVG value={link} marginSize={QUIET} size={196} level="M" title={words.qr.replace("{room}", name)} role="img" />
      </div>
      <div className="invite-hand">
        <input className="invite-link" value={link} readOnly aria-label={words.link} onFocus={(event) => event.target.select()} />
        <div className="invite-ways">
          <button type="button" className="button main" onClick={() => copy(link, words)}><Copy size={18} /> {words.copy}</button>
          {typeof navigator.share === "function" && (
            <button type="button" className="button" onClick={() => navigator.share(share).catch(() => {})}>
              <Share2 size={18} /> {words.share}
            </button>
          )}
        </div>
        <p className="muted">{words[`brings_${invite.role}`]}</p>
        {isHereOnly(link) && <p className="muted" role="note">{words.here_only}</p>}
      </div>
    </div>
  );
}

function Row({ invite, shown, words, onShow, onRevoke }) {
  const locale = useLocale();
  const ends = invite.expires_at ? words.until.replace("{day}", moment(invite.expires_at, locale)) : words.life_ever;
  const uses = words.used.replace("{uses}", invite.max_uses ? `${invite.uses}/${invite.max_uses}` : invite.uses);
  return (
    <li className="invite-row">
      <button type="button" className="invite-pick" aria-pressed={shown} onClick={onShow}>
        <LinkIcon size={16} />
        <span>
          <span className="invite-code">…{invite.code.slice(-6)}</span>
          <span className="muted">{[invite.by, uses, ends].filter(Boolean).join(" · ")}</span>
        </span>
      </button>
      <button type="button" className="button plain" onClick={onRevoke}>{words.revoke}</button>
    </li>
  );
}

export function Invites({ room, base, nearby, name, words }) {
  const [{ data, problem }, again] = useAsked(room && `/api/rooms/${room}/invites`, words);
  const [refused, busy, act] = useAct(words);
  const [wish, setWish] = useState({ hours: 168, max_uses: 0, role: "member" });
  const [picked, setPicked] = useState("");
  const [wants, setWants] = useState(false);
  const live = (data ?? []).filter((invite) => invite.good);
  const shown = live.find((invite) => invite.id === picked) ?? live[0];
  const asks = data && (wants || !shown);

  async function make() {
    const made = await act("POST", `/api/rooms/${room}/invites`, wish);
    if (!made) return;
    setPicked(made.id);
    setWants(false);
    again();
  }

  async function revoke(invite) {
    if (await act("DELETE", `/api/rooms/${room}/invites/${invite.id}`)) again();
  }

  return (
    <div className="invites">
      {shown && !wants && <Shown invite={shown} base={base} nearby={nearby} name={name} words={words} />}
      {asks && (
        <div className="invite-new">
          <Choice id="invite-life" label={words.life} options={LIVES} words={words} value={wish.hours} onChange={(hours) => setWish({ ...wish, hours })} />
          <Choice id="invite-uses" label={words.uses} options={USES} words={words} value={wish.max_uses} onChange={(max_uses) => setWish({ ...wish, max_uses })} />
          <label className="check">
            <input type="checkbox" checked={wish.role === "guest"} onChange={(event) => setWish({ ...wish, role: event.target.checked ? "guest" : "member" })} />
            <span>{words.as_guest}</span>
          </label>
          <button type="button" className="button main wide" aria-busy={busy} disabled={busy} onClick={make}>{words.make}</button>
        </div>
      )}
      {(refused || problem) && <p className="form-error" role="alert">{refused || problem}</p>}
      {shown && !wants && <button type="button" className="button plain" onClick={() => setWants(true)}>{words.another}</button>}
      {live.length > 0 && (
        <section className="invite-list">
          <p className="field-label">{words.live}</p>
          <ul role="list">
            {live.map((invite) => (
              <Row
                key={invite.id} invite={invite} shown={invite === shown} words={words}
                onShow={() => setPicked(invite.id)} onRevoke={() => revoke(invite)}
              />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
