// The pictures and files above the box, before they are sent: how far each has come, its order, cutting, taking away.
import { useState } from "react";
import { ArrowLeft, ArrowRight, Crop as CropIcon, FileText, ImageOff, RotateCw, X } from "lucide-react";
import { Crop } from "./Crop.jsx";

// A button that moves its entry is moved along, and would lose the focus.
function Act({ icon: Icon, label, act, idle = false, className = "" }) {
  function onClick({ currentTarget: button }) {
    if (!idle) act();
    requestAnimationFrame(() => button.isConnected && button.focus({ preventScroll: true }));
  }
  return (
    <button type="button" className={`tray-act ${className}`} aria-label={label} title={label} aria-disabled={idle || undefined} onClick={onClick}>
      <Icon size={16} aria-hidden="true" />
    </button>
  );
}

// What this browser cannot draw (HEIC, no picture at all) has its name instead.
function Preview({ one, onLost }) {
  const [broken, setBroken] = useState("");
  if (one.image && one.preview && broken !== one.preview) {
    const onError = () => (one.file ? setBroken(one.preview) : onLost());
    return <img src={one.preview} alt={one.name} className="tray-picture" onError={onError} />;
  }
  const Icon = one.image ? ImageOff : FileText;
  return (
    <span className="tray-file" title={one.name}>
      <Icon size={22} aria-hidden="true" />
      <span>{one.name}</span>
    </span>
  );
}

// All of it is on its way; then the house looks at it, and nobody knows for how long.
function Progress({ part, label }) {
  return part < 1 ? <progress max={1} value={part} aria-label={label} /> : <progress aria-label={label} />;
}

function Entry({ one, at, last, tray, words, onCrop, onRemoved }) {
  const named = (label) => `${label}: ${one.name}`;
  function remove() {
    tray.remove(one.key);
    onRemoved();
  }
  return (
    <li className={one.failed ? "tray-entry refused" : "tray-entry"}>
      <Preview one={one} onLost={() => tray.lose(one.key)} />
      <Act className="tray-remove" icon={X} label={named(words.take_away)} act={remove} />
      {!one.view && !one.failed && <Progress part={one.part} label={one.name} />}
      {one.failed && <p className="tray-problem" role="alert">{one.gone ? words.file_gone : one.problem || words.upload_failed}</p>}
      <div className="tray-acts">
        {last > 0 && <Act icon={ArrowLeft} label={named(words.earlier)} idle={at === 0} act={() => tray.move(one.key, -1)} />}
        {last > 0 && <Act icon={ArrowRight} label={named(words.later)} idle={at === last} act={() => tray.move(one.key, 1)} />}
        {one.image && one.file && (!one.failed || one.again) && <Act icon={CropIcon} label={named(words.crop)} act={() => onCrop(one)} />}
        {one.failed && one.again && <Act icon={RotateCw} label={named(words.again)} act={() => tray.retry(one.key)} />}
      </div>
    </li>
  );
}

export function TrayList({ tray, words, onRemoved }) {
  const [cut, setCut] = useState(null);
  if (tray.entries.length === 0) return null;
  const last = tray.entries.length - 1;
  return (
    <>
      <ul className="tray" aria-label={words.tray}>
        {tray.entries.map((one, at) => (
          <Entry key={one.key} one={one} at={at} last={last} tray={tray} words={words} onCrop={setCut} onRemoved={onRemoved} />
        ))}
      </ul>
      {cut && (
        <Crop
          file={cut.file}
          words={words}
          onDone={(file) => {
            if (file) tray.replace(cut.key, file);
            setCut(null);
          }}
        />
      )}
    </>
  );
}
