// The panel of a room: a column beside the talk where there is room, a sheet over it where there is not. Escape closes
// both; the focus goes back to where it came from.
import { useEffect, useRef } from "react";
import { Dialog } from "@radix-ui/themes";
import { X } from "lucide-react";
import { choose, useChoice, useWide } from "./choices.js";
import { useEdges } from "./edges.js";

const close = () => choose("panel", "");

function Close({ label }) {
  return <button type="button" className="icon-button panel-close" aria-label={label} onClick={close}><X /></button>;
}

// What the panel shows, below its tabs: on a phone they go on beyond the edge.
function Parts({ children }) {
  const box = useRef(null);
  useEdges(() => box.current.querySelector("[role=tablist]"), useChoice("panel"));
  return <div className="panel-parts" ref={box}>{children}</div>;
}

function Column({ label, closeLabel, children }) {
  const panel = useRef(null);
  useEffect(() => panel.current.focus({ preventScroll: true }), []);

  // What is open inside it, a menu or a question, takes its own Escape first.
  function onKeyDown(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !panel.current.contains(event.target)) return;
    event.stopPropagation();
    close();
  }

  return (
    <aside className="panel" aria-label={label} ref={panel} tabIndex={-1} onKeyDown={onKeyDown}>
      <Close label={closeLabel} />
      <Parts>{children}</Parts>
    </aside>
  );
}

// A picture that is looked at large stands over the sheet: what is done there does not close it.
const stayBelowPictures = (event) => document.querySelector(".yarl__root") && event.preventDefault();

// The sheet of a phone stands over the talk that a link in it leads to.
const stepAside = ({ target }) => target.closest?.("a[href^='/room/']") && close();

export function RoomPanel({ label, closeLabel, children }) {
  const wide = useWide();
  const open = useChoice("panel") !== "";
  if (!open) return null;
  if (wide) return <Column label={label} closeLabel={closeLabel}>{children}</Column>;
  return (
    <Dialog.Root open onOpenChange={(now) => now || close()}>
      <Dialog.Content
        className="panel sheet-panel"
        aria-describedby={undefined}
        onInteractOutside={stayBelowPictures}
        onEscapeKeyDown={stayBelowPictures}
        onClick={stepAside}
      >
        <Dialog.Title className="visually-hidden">{label}</Dialog.Title>
        <Close label={closeLabel} />
        <Parts>{children}</Parts>
      </Dialog.Content>
    </Dialog.Root>
  );
}
