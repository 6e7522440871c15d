// The room in the evening: a window on the dusk, a stone hearth, two cushions and tea. Colours come from tokens.css,
// so that one painting is right by day and by night; the flames are the same sprite as everywhere.
const STONES = "M300 300h64M300 348h44M300 396h58M300 444h44M300 492h60M636 300h64M656 348h44M642 396h58M656 444h44M640 492h60M344 262v38M420 228v34M500 220v34M580 228v34M656 262v38M330 300v48M322 348v48M334 396v48M322 444v48M334 492v44M670 300v48M678 348v48M666 396v48M678 444v48M666 492v44";

function Window() {
  return (
    <g>
      <rect x="72" y="120" width="170" height="230" rx="85" fill="url(#s-sky)" />
      <circle cx="192" cy="186" r="19" fill="#FBEBCB" />
      <circle cx="201" cy="180" r="17" fill="url(#s-sky)" />
      <g fill="#FBEBCB">
        <circle cx="112" cy="190" r="1.8" /><circle cx="134" cy="160" r="1.4" /><circle cx="168" cy="232" r="1.5" />
        <circle cx="104" cy="238" r="1.3" /><circle cx="214" cy="240" r="1.6" />
      </g>
      <path className="s-hill" d="M72 306q46-42 88-14 44-36 82-4v62H72z" />
      <rect className="s-frame" x="72" y="120" width="170" height="232" rx="85" strokeWidth="10" />
      <path className="s-frame" d="M157 122v230M72 246h170" strokeWidth="6" />
      <rect className="s-sill" x="56" y="348" width="202" height="14" rx="4" />
      <path className="s-mantel" d="M92 348l5-30h24l5 30z" />
      <path className="s-frame" style={{ stroke: "var(--success)" }} d="M109 318c-2-22-16-24-20-40M109 318c0-26 6-36 4-52M109 318c2-18 14-22 20-34" strokeWidth="4" strokeLinecap="round" />
    </g>
  );
}

function Mantel() {
  return (
    <g>
      <path className="s-mantel" d="M268 214h464l-14 26H282z" />
      <rect className="s-mantel-light" x="256" y="196" width="488" height="22" rx="5" />
      <g>
        <rect x="302" y="140" width="17" height="56" rx="2" fill="#8F3B12" />
        <rect x="321" y="132" width="14" height="64" rx="2" fill="#6C4A7C" />
        <rect x="337" y="146" width="19" height="50" rx="2" fill="#B98557" />
        <path d="M360 194l14-50 14 4-13 48z" fill="#4F6B4C" />
      </g>
      <g>
        <rect x="448" y="92" width="104" height="84" rx="4" className="s-mantel" />
        <rect x="457" y="101" width="86" height="66" className="s-cup" />
        <path d="M457 150l24-24 18 16 20-26 24 30v21h-86z" fill="#8CA07A" />
        <circle cx="478" cy="118" r="7" fill="#E8762A" />
      </g>
      <g>
        <path d="M628 196c-10-12-8-34 0-42v-10h20v10c8 8 10 30 0 42z" className="s-cup" />
        <path d="M638 146c-2-26-18-34-24-52M638 146c2-30 14-40 22-62M638 146c0-24-2-44-4-66" className="s-frame" style={{ stroke: "#8A5A38" }} strokeWidth="3" strokeLinecap="round" />
        <g fill="#D8653A">
          <circle cx="614" cy="94" r="6" /><circle cx="622" cy="112" r="4.5" /><circle cx="660" cy="84" r="6.5" />
          <circle cx="651" cy="106" r="4.5" /><circle cx="634" cy="80" r="5.5" /><circle cx="637" cy="104" r="4" />
        </g>
      </g>
    </g>
  );
}

function Chimney() {
  return (
    <g>
      <path className="s-stone" d="M286 240h428v310H286z" />
      <path className="s-stone-line" d={STONES} />
    </g>
  );
}

function Fireplace() {
  return (
    <g>
      <path d="M364 550V372c0-76 60-112 136-112s136 36 136 112v178z" fill="#170D08" />
      <ellipse cx="500" cy="500" rx="130" ry="120" fill="url(#s-inside)" />
      <path className="s-hearthstone" d="M262 550h476l16 24H246z" />
    </g>
  );
}

function Seats() {
  return (
    <g>
      <ellipse className="s-rug" cx="500" cy="636" rx="310" ry="46" />
      <ellipse className="s-rug-line" cx="500" cy="636" rx="284" ry="38" />
      <ellipse className="s-rug-line" cx="500" cy="636" rx="160" ry="20" opacity="0.6" />
      <path className="s-cushion" d="M268 618c4-12 22-17 62-17s58 5 62 17c3 13-14 22-62 22s-65-9-62-22z" />
      <path className="s-cushion-two" d="M616 622c4-12 22-17 62-17s58 5 62 17c3 13-14 22-62 22s-65-9-62-22z" />
      <path d="M282 614c20-6 76-6 96 0M630 618c20-6 76-6 96 0" fill="none" stroke="#FFF0C4" strokeWidth="2" opacity="0.35" />
      <path className="s-wood" d="M432 616h136c6 0 9 3 9 7s-3 7-9 7H432c-6 0-9-3-9-7s3-7 9-7zM444 630h12l-3 26h-7zM544 630h12l-2 26h-7z" />
      <path className="s-cup" d="M458 600h26c0 10-4 16-9 16h-8c-5 0-9-6-9-16zM516 600h26c0 10-4 16-9 16h-8c-5 0-9-6-9-16z" />
      <path className="s-steam" d="M471 592c-5-7 5-10 0-18M529 592c-5-7 5-10 0-18" />
    </g>
  );
}

// The flames lie over the painting in a layer of their own, so that a frame of theirs never draws the room anew. `slice`
// is what the painting does to fill its box; fire.css does the same sum for the flames.
function Flames({ left, top, width, height }) {
  const place = { "--middle-x": left + width / 2, "--middle-y": top + height / 2, "--view-width": width, "--view-height": height };
  return (
    <div className="scene-fire" style={place}>
      <div className="fire-flame" />
      <svg className="scene-logs" viewBox="0 0 220 52">
        <rect className="log back" x="22" y="10" width="176" height="24" rx="12" transform="rotate(-5 110 22)" />
        <rect className="log" x="14" y="22" width="192" height="26" rx="13" transform="rotate(4 110 35)" />
        <circle className="log-end" cx="202" cy="42" r="12" /><circle className="log-ring" cx="202" cy="42" r="6" />
        <circle className="coal" cx="62" cy="46" r="6" /><circle className="coal late" cx="96" cy="48" r="5" />
        <circle className="coal" cx="140" cy="48" r="6" /><circle className="coal late" cx="34" cy="48" r="4" />
      </svg>
    </div>
  );
}

export function Scene({ label, view, className }) {
  const [left, top, width, height] = view.split(" ").map(Number);
  return (
    <div className={`scene ${className ?? ""}`} role="img" aria-label={label}>
      <svg viewBox={view} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
        <defs>
          <linearGradient id="s-sky" x1="0" y1="0" x2="0" y2="1"><stop className="s-sky-top" /><stop className="s-sky-low" offset="1" /></linearGradient>
          <linearGradient id="s-wall" x1="0" y1="0" x2="0" y2="1"><stop className="s-wall-top" /><stop className="s-wall-low" offset="1" /></linearGradient>
          <radialGradient id="s-inside"><stop stopColor="#F0904C" stopOpacity="0.75" /><stop offset="1" stopColor="#A8471B" stopOpacity="0" /></radialGradient>
          <radialGradient id="s-light"><stop stopColor="#FFB56B" stopOpacity="0.42" /><stop offset="0.5" stopColor="#F0904C" stopOpacity="0.15" /><stop offset="1" stopColor="#F0904C" stopOpacity="0" /></radialGradient>
        </defs>
        <rect x="-1400" y="-1000" width="3800" height="1560" fill="url(#s-wall)" />
        <path className="s-skirting" d="M-1400 544h3800v16H-1400z" />
        <path className="s-floor" d="M-1400 560h3800v1400H-1400z" />
        <path className="s-floor-line" d="M-1400 592h3800M-1400 632h3800M-1400 682h3800M-1400 744h3800M-1400 820h3800" />
        <Window />
        <Chimney />
        <Mantel />
        <ellipse cx="500" cy="500" rx="520" ry="420" fill="url(#s-light)" />
        <Fireplace />
        <Seats />
      </svg>
      <Flames left={left} top={top} width={width} height={height} />
    </div>
  );
}
