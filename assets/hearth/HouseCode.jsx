// The address of the house for those who are to come: as a picture for a phone's camera, and as words.
import { useEffect, useState } from "react";
import { Copy } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { addressFor, isHereOnly } from "./address.js";
import { copyText } from "./clip.js";
import { note } from "./notes.js";

const QUIET = 4; // modules around it: a camera needs them

export function HouseCode({ nearby, words }) {
  const [address, setAddress] = useState("");
  useEffect(() => setAddress(addressFor(nearby)), [nearby]);

  async function copy() {
    if (await copyText(address)) note(words.copied);
    else note(words.not_copied, { bad: true }); // the address stands there to be marked
  }

  if (!address) return null;
  return (
    <div className="invite-shown">
      {/* light in both themes: cameras look for dark on light */}
      <div className="qr light"><QRCodeSVG value={address} marginSize={QUIET} size={196} level="M" title={words.qr} role="img" /></div>
      <div className="invite-hand">
        <input className="invite-link" value={address} readOnly aria-label={words.link} onFocus={(event) => event.target.select()} />
        <div className="invite-ways">
          <button type="button" className="button main" onClick={copy}><Copy size={18} /> {words.copy}</button>
        </div>
        {isHereOnly(address) && <p className="muted" role="note">{words.here_only}</p>}
      </div>
    </div>
  );
}
