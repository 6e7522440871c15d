// The pictures and files of one message. Each place has its size before anything has come, so that nothing jumps; while a
// picture is on its way its blur stands there. What moves does so in the talk, if it is light and the reader likes motion;
// else under the pointer, and when it is opened.
import { memo, useEffect, useState } from "react";
import { Download, File, FileArchive, FileAudio, FileText, FileVideo, ImageOff, Play } from "lucide-react";
import { altOf, blurOf, nameParts, showPictures, sizeWords, smallOf, wholeOf } from "./files.js";
import { useLocale } from "./locale";
import { useMotion } from "./motion.js";

const WIDEST = 420;
const TALLEST = 360;
const NARROWEST = 96;
const RATIOS = [0.5, 2.4]; // of width to height; what is beyond is cut at its edges
const MOVES_AT_ONCE = 3_000_000; // bytes: what moves and is larger waits for the pointer
const ARCHIVES = ["zip", "7z", "rar", "gz", "tar", "xz", "bz2", "zst"];

// One picture alone keeps its shape, and is never drawn larger than it is.
function ownShape({ width, height }) {
  const ratio = Math.min(RATIOS[1], Math.max(RATIOS[0], (width || 1) / (height || 1)));
  const wide = Math.max(NARROWEST, Math.min(WIDEST, TALLEST * ratio, width || WIDEST));
  return { aspectRatio: String(ratio), width: `min(100%, ${Math.round(wide)}px)` };
}

// `lively`: it may move where it stands.
export function Picture({ file, style, lively, words, onOpen }) {
  const [state, setState] = useState("loading");
  const [pointed, setPointed] = useState(false);
  const motion = useMotion();
  const rests = file.moves && !(lively && (pointed || (motion && file.size <= MOVES_AT_ONCE)));
  const label = altOf(file, words);
  if (state === "gone") {
    return (
      <span className="picture gone" style={style} role="img" aria-label={`${label}. ${words.gone}`} title={words.gone}>
        <ImageOff aria-hidden="true" />
      </span>
    );
  }
  return (
    <button
      type="button" className="picture" style={{ ...style, ...blurOf(file) }} aria-label={label} onClick={onOpen}
      onPointerEnter={({ pointerType }) => setPointed(pointerType === "mouse")} onPointerLeave={() => setPointed(false)}
    >
      <img
        src={file.moves && !rests ? wholeOf(file) : smallOf(file)}
        alt={file.caption ?? ""}
        width={file.width || undefined}
        height={file.height || undefined}
        loading="lazy"
        decoding="async"
        draggable={false}
        className={state}
        onLoad={() => setState("here")}
        onError={() => setState("gone")}
      />
      {rests && <span className="picture-moves"><Play aria-hidden="true" /></span>}
    </button>
  );
}

function Sign({ file }) {
  const suffix = file.name.toLowerCase().split(".").at(-1);
  const mime = file.mime ?? "";
  if (ARCHIVES.includes(suffix)) return <FileArchive aria-hidden="true" />;
  if (mime.startsWith("audio/")) return <FileAudio aria-hidden="true" />;
  if (mime.startsWith("video/")) return <FileVideo aria-hidden="true" />;
  return mime.startsWith("text/") || mime.includes("document") || mime.includes("pdf") ? (
    <FileText aria-hidden="true" />
  ) : (
    <File aria-hidden="true" />
  );
}

export function FileCard({ file, words, children }) {
  const locale = useLocale();
  const [head, tail] = nameParts(file.name);
  return (
    <a
      className="file-card"
      href={wholeOf(file)}
      download={file.name}
      title={file.name}
      aria-label={`${words.download.replace("{name}", file.name)}, ${sizeWords(file.size, locale)}`}
    >
      <span className="file-sign"><Sign file={file} /></span>
      <span className="file-words" aria-hidden="true">
        <bdi className="file-name"><span className="file-head">{head}</span><span className="file-tail">{tail}</span></bdi>
        <span className="file-size">{sizeWords(file.size, locale)}{children}</span>
      </span>
      <Download className="file-save" aria-hidden="true" />
    </a>
  );
}

function PicturesOf({ files: given, words }) {
  const files = given ?? [];
  const pictures = files.filter((file) => file.kind === "image");
  const others = files.filter((file) => file.kind !== "image");
  const newest = files.at(-1)?.id;
  useEffect(() => {
    if (newest) window.dispatchEvent(new CustomEvent("hearth:files", { detail: { id: newest } }));
  }, [newest]);
  if (!files.length) return null;
  return (
    <div className="row-files">
      {pictures.length > 0 && (
        <div className="pictures" data-count={pictures.length} data-rest={pictures.length % 3}>
          {pictures.map((file, index) => (
            <Picture
              key={file.id}
              file={file}
              words={words}
              lively
              style={pictures.length === 1 ? ownShape(file) : undefined}
              onOpen={() => showPictures(pictures, index)}
            />
          ))}
        </div>
      )}
      {others.map((file) => <FileCard key={file.id} file={file} words={words} />)}
    </div>
  );
}

const shownOf = ({ files }) => JSON.stringify((files ?? []).map(({ id, caption }) => [id, caption]));
const sameFiles = (one, other) =>
  one.words.picture === other.words.picture && shownOf(one) === shownOf(other);
export const Pictures = memo(PicturesOf, sameFiles);
