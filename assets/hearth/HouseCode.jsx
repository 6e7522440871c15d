// The address of the house for those who are to come: as a picture for a phone's camera, and as words.
import { useEffect, useState } from "react";
import { Copy } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { note } from "./notes.js";

const QUIET = 4; // modules around it: a camera needs them
const HERE_ONLY = ["localhost", "127.0.0.1", "[::1]"]; // no other device finds this computer by these

// What others open. Whoever sits at the computer itself reads "localhost", which leads nobody else here.
export const addressFor = (nearby) => (HERE_ONLY.includes(location.hostname) && nearby ? nearby : location.origin);

export function HouseCode({ nearby, words }) {
  const [address, setAddress] = useState("");
  useEffect(() => setAddress(addressFor(nearby)), [nearby]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(address);
      note(words.copied);
    } catch {
      note(words.not_copied, { bad: true }); // no clipboard without HTTPS: the address stands there to be marked
    }
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
        {HERE_ONLY.includes(new URL(address).hostname) && <p className="muted" role="note">{words.here_only}</p>}
      </div>
    </div>
  );
}
