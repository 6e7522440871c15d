// Pictures, one at a time and as large as the window: keys, wheel, pinch and swipe come with the library, the rest of the
// page is inert meanwhile, and the focus goes back to where it came from.
import Lightbox from "yet-another-react-lightbox";
import Counter from "yet-another-react-lightbox/plugins/counter";
import Download from "yet-another-react-lightbox/plugins/download";
import Zoom from "yet-another-react-lightbox/plugins/zoom";
import "yet-another-react-lightbox/styles.css";
import "yet-another-react-lightbox/plugins/counter.css";
import { useEffect, useMemo, useState } from "react";
import { MessageSquareText } from "lucide-react";
import { PictureAbout } from "./PictureAbout.jsx";
import { altOf, smallOf, wholeOf } from "./files.js";

const slideOf = (file, words) => ({
  src: wholeOf(file),
  thumbnail: smallOf(file),
  alt: altOf(file, words),
  width: file.width || undefined,
  height: file.height || undefined,
  download: { url: wholeOf(file), filename: file.name },
});

function labels(words) {
  return {
    Previous: words.previous,
    Next: words.next,
    Close: words.close,
    Download: words.save,
    "Zoom in": words.zoom_in,
    "Zoom out": words.zoom_out,
    Lightbox: words.lightbox,
    "Photo gallery": words.lightbox,
    Carousel: words.carousel,
    Slide: words.pictures,
    "{index} of {total}": words.slide,
  };
}

// The focus goes round in it. What is under it is inert, but the window's own frame would take the focus along.
function keepFocus(event, leave) {
  const box = document.querySelector(".yarl__root");
  if (!box) return;
  if (event.key === "Escape" && !box.contains(document.activeElement)) leave();
  if (event.key !== "Tab") return;
  const stops = [...box.querySelectorAll("button:not(:disabled), input, [tabindex='0']")].filter((node) => node.checkVisibility?.() ?? true);
  const at = stops.indexOf(document.activeElement);
  const next = event.shiftKey ? (at <= 0 ? stops.length : at) - 1 : (at + 1) % stops.length;
  event.preventDefault();
  stops[next]?.focus();
}

export default function LightboxView({ files, index, words, onClose }) {
  const [at, setAt] = useState(index);
  const [open, setOpen] = useState(true); // it fades away before it goes
  const jump = files[at]?.jump;
  // The same list as long as the files are the same: for another one the library begins anew, at its first picture.
  const slides = useMemo(() => files.map((file) => slideOf(file, words)), [files, words.picture, words.captioned]);

  useEffect(() => {
    const hear = (event) => keepFocus(event, () => setOpen(false));
    window.addEventListener("keydown", hear, true);
    return () => window.removeEventListener("keydown", hear, true);
  }, []);

  function toMessage() {
    window.dispatchEvent(new CustomEvent("hearth:jump", { detail: jump }));
    setOpen(false);
  }

  const toTalk = jump && (
    <button key="jump" type="button" className="yarl__button" title={words.jump} aria-label={words.jump} onClick={toMessage}>
      <MessageSquareText aria-hidden="true" />
    </button>
  );
  return (
    <Lightbox
      open={open}
      close={() => setOpen(false)}
      index={index}
      slides={slides}
      plugins={files.length > 1 ? [Counter, Download, Zoom] : [Download, Zoom]}
      labels={labels(words)}
      on={{ view: ({ index: now }) => setAt(now), exited: onClose }}
      carousel={{ finite: true, padding: 0, preload: 1 }}
      controller={{ closeOnBackdropClick: true, closeOnPullDown: true }}
      zoom={{ maxZoomPixelRatio: 3, scrollToZoom: true }}
      toolbar={{ buttons: [...(toTalk ? [toTalk] : []), "zoom", "download", "close"] }}
      render={{
        ...(files.length > 1 ? {} : { buttonPrev: () => null, buttonNext: () => null }),
        controls: () => <PictureAbout file={files[at]} words={words} />,
      }}
    />
  );
}
