// What was sent in a room: its pictures as a grid, its files as a list, the newest first. Older ones come page by page.
import { useCallback, useEffect, useRef, useState } from "react";
import { MessageSquareText } from "lucide-react";
import { FileCard, Picture } from "./Pictures.jsx";
import { choose, useWide } from "./choices.js";
import { showPictures } from "./files.js";
import { useLocale } from "./locale";
import { ask } from "./rest.js";

const KINDS = ["image", "file"];
const NOTHING = { files: [], more: false, state: "loading" };

function useFiles(room, kind) {
  const [held, setHeld] = useState(NOTHING);
  const turn = useRef(0); // what was asked before the last change of room or kind is not taken
  const load = useCallback(
    async (before) => {
      const mine = ++turn.current;
      setHeld((now) => ({ ...now, state: "loading" }));
      const answer = await ask(`/api/rooms/${room}/files?kind=${kind}&before=${before}`, "GET").catch(() => ({ ok: false }));
      if (mine !== turn.current) return;
      setHeld((now) =>
        answer.ok
          ? { files: [...(before ? now.files : []), ...answer.said.files], more: answer.said.has_older, state: "here" }
          : { ...now, state: "failed" },
      );
    },
    [room, kind],
  );
  useEffect(() => {
    if (room) load("");
  }, [load]);

  // A message with newer files was drawn in the talk: ids grow with time.
  const newest = held.files[0]?.id ?? "";
  const idle = held.state === "here";
  useEffect(() => {
    const look = ({ detail }) => idle && detail.id > newest && load("");
    window.addEventListener("hearth:files", look);
    return () => window.removeEventListener("hearth:files", look);
  }, [newest, idle, load]);
  return [held, load];
}

const placeOf = ({ message, seq }) => ({ id: message, seq });

function Grid({ files, words }) {
  const slides = files.map((file) => ({ ...file, jump: placeOf(file) }));
  return (
    <div className="files-grid">
      {slides.map((file, index) => (
        <Picture key={file.id} file={file} words={words} onOpen={() => showPictures(slides, index)} />
      ))}
    </div>
  );
}

function List({ files, words, onJump }) {
  const locale = useLocale();
  const tag = locale === "en" ? "en-US" : "ko-KR";
  const [thisYear, otherYear] = [{}, { year: "numeric" }].map(
    (year) => new Intl.DateTimeFormat(tag, { ...year, month: "short", day: "numeric" }),
  );
  const dayOf = (moment) => (moment.getFullYear() === new Date().getFullYear() ? thisYear : otherYear).format(moment);
  return (
    <ul className="files-list">
      {files.map((file) => (
        <li key={file.id}>
          <FileCard file={file} words={words}>{` · ${file.by} · ${dayOf(new Date(file.at))}`}</FileCard>
          <button type="button" className="icon-button" aria-label={`${words.jump}: ${file.name}`} title={words.jump} onClick={() => onJump(file)}>
            <MessageSquareText aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

// One kind of them. It is another part for another room or kind: nothing of the one before is drawn.
function OneKind({ room, kind, words, onJump }) {
  const [{ files, more, state }, load] = useFiles(room, kind);
  const Shown = kind === "image" ? Grid : List;
  return (
    <div className="files-kind" aria-busy={state === "loading"}>
      {files.length > 0 && <Shown files={files} words={words} onJump={onJump} />}
      {state === "here" && !files.length && <p className="files-none">{kind === "image" ? words.no_pictures : words.no_files}</p>}
      {state === "loading" && !files.length && <p className="files-none" role="status">{words.loading}</p>}
      {state === "failed" && <p className="files-none" role="alert">{words.failed}</p>}
      {(state === "failed" || more) && (
        <button type="button" className="button files-more" disabled={state === "loading"} onClick={() => load(files.at(-1)?.id ?? "")}>
          {state === "failed" ? words.again : words.more}
        </button>
      )}
    </div>
  );
}

export function FilesPanel({ room, words }) {
  const [kind, setKind] = useState("image");
  const wide = useWide();

  // The sheet of a phone stands over the talk that is jumped in.
  const leave = useCallback(() => wide || choose("panel", ""), [wide]);
  useEffect(() => {
    window.addEventListener("hearth:jump", leave);
    return () => window.removeEventListener("hearth:jump", leave);
  }, [leave]);
  const jump = (file) => window.dispatchEvent(new CustomEvent("hearth:jump", { detail: placeOf(file) }));

  return (
    <div className="files-panel">
      <div className="files-kinds" role="group">
        {KINDS.map((each) => (
          <button key={each} type="button" className="chip" aria-pressed={kind === each} onClick={() => setKind(each)}>
            {each === "image" ? words.pictures : words.files}
          </button>
        ))}
      </div>
      <OneKind key={`${room} ${kind}`} room={room} kind={kind} words={words} onJump={jump} />
    </div>
  );
}
