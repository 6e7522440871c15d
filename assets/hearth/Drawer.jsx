// A sheet that comes in from the side over a narrow window, and the button that calls it. The browser's own dialog keeps
// the focus inside, closes on Escape and gives the focus back.
import { useRef } from "react";
import { Menu, X } from "lucide-react";
import { layersChanged } from "./back.js";

export function Drawer({ label, closeLabel, className, children }) {
  const sheet = useRef(null);

  // A way to elsewhere ends it, and what opens over the page; so does a touch beside it, which lands on the dialog itself.
  function leave(event) {
    if (event.target === sheet.current || event.target.closest("a, [data-leaves]")) sheet.current.close();
  }

  function open() {
    sheet.current.showModal();
    layersChanged();
  }

  return (
    <>
      <button type="button" className={`icon-button ${className ?? ""}`} aria-label={label} aria-haspopup="dialog" onClick={open}>
        <Menu />
      </button>
      <dialog ref={sheet} className="drawer" aria-label={label} onClick={leave} onClose={layersChanged}>
        <div className="drawer-inner">
          <button type="button" className="icon-button drawer-close" aria-label={closeLabel} onClick={() => sheet.current.close()}>
            <X />
          </button>
          {children}
        </div>
      </dialog>
    </>
  );
}
