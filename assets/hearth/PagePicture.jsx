// A page of a document as a picture, or a picture itself, with boxes drawn over the lines that are meant, and faint ones
// over those around them. Boxes are [page, left, top, right, bottom, …], sides in shares of the page from its top left.
// Knows no route.
import { useEffect, useRef, useState } from "react";

const SHEET = 210 / 297; // until it has come: most pages are such sheets
const ROOM = 0.004; // of the page's width, around a line
const EDGE = 12; // px
const TRIES = 3; // the house draws so many at a time, and sends the others away for a moment
const REST_MS = 2_000;

const share = (value) => `${Math.round(value * 10_000) / 100}%`;

function styleOf([, left, top, right, bottom], ratio) {
  const high = ROOM * ratio;
  return {
    left: share(left - ROOM), top: share(top - high), width: share(right - left + 2 * ROOM), height: share(bottom - top + 2 * high),
  };
}

// Moves nothing but the pane in which a page lies, and that only as far as it must.
function bringIn(target, pane, isMark) {
  const [at, box] = [target.getBoundingClientRect(), pane.getBoundingClientRect()];
  if (isMark && at.top >= box.top + EDGE && at.bottom <= box.bottom - EDGE) return;
  pane.scrollTop += at.top - box.top - (isMark ? (box.height - at.height) / 2 : EDGE);
}

const Box = ({ box, faint, ratio }) => <span className={faint ? "page-mark around" : "page-mark"} aria-hidden="true" style={styleOf(box, ratio)} />;

// `bring`: a new value brings the first box, or the top of the page, into view once it is drawn: in what is `data-pane`.
export function PagePicture({ address, page, boxes = [], around = [], label, failed, bring = null, eager = false }) {
  const [state, setState] = useState("loading");
  const [ratio, setRatio] = useState(SHEET);
  const [tries, setTries] = useState(1);
  const frame = useRef(null);
  const here = state === "here";

  useEffect(() => {
    if (bring === null) return;
    const mark = frame.current.querySelector(".page-mark:not(.around)");
    if (!mark && eager && boxes.length && state === "loading") return; // it comes at once, and its box says how far to go
    const pane = frame.current.closest("[data-pane]");
    if (pane) bringIn(mark ?? frame.current, pane, Boolean(mark));
  }, [bring, here]);

  useEffect(() => {
    if (state !== "failed" || tries >= TRIES) return undefined;
    const timer = setTimeout(() => {
      setTries(tries + 1);
      setState("loading");
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [state, tries]);

  function drawn({ currentTarget: { naturalWidth, naturalHeight } }) {
    if (naturalWidth && naturalHeight) setRatio(naturalWidth / naturalHeight);
    setState("here");
  }

  return (
    <div ref={frame} className="page-picture" data-page={page} data-state={state} style={{ aspectRatio: String(ratio) }}>
      {state === "failed" ? (
        tries >= TRIES && <p className="page-failed">{failed}</p>
      ) : (
        <img src={address} alt={label} loading={eager ? "eager" : "lazy"} decoding="async" draggable={false} onLoad={drawn} onError={() => setState("failed")} />
      )}
      {here && boxes.map((box) => <Box key={box.join()} box={box} ratio={ratio} />)}
      {here && around.map((box) => <Box key={box.join()} box={box} ratio={ratio} faint />)}
    </div>
  );
}
