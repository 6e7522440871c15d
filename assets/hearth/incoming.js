// Files that are dropped or pasted: on the whole window, or on one part of a page that keeps them from the rest. Knows no
// page.
import { useEffect, useRef, useState } from "react";

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

// `place`: ref of the part, null for the window. Answers whether something is held over it; entering a child is no leaving.
export function useDrop(place, onFiles) {
  const [over, setOver] = useState(false);
  const give = useRef(onFiles);
  give.current = onFiles;
  useEffect(() => {
    const target = place ? place.current : window;
    const own = Boolean(place);
    let depth = 0;
    const on = (act) => (event) => {
      if (!carriesFiles(event)) return;
      if (own) event.stopPropagation(); // the talk beside it would take them too
      act(event);
    };
    const all = {
      dragenter: on(() => {
        depth += 1;
        setOver(true);
      }),
      dragleave: on(() => {
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      }),
      dragover: on((event) => event.preventDefault()),
      drop: on((event) => {
        depth = 0;
        setOver(false);
        if (event.defaultPrevented) return;
        event.preventDefault();
        give.current([...event.dataTransfer.files]);
      }),
    };
    Object.entries(all).forEach(([name, fn]) => target.addEventListener(name, fn));
    return () => Object.entries(all).forEach(([name, fn]) => target.removeEventListener(name, fn));
  }, [place]);
  return over;
}

export function usePastedFiles(place, onFiles) {
  const give = useRef(onFiles);
  give.current = onFiles;
  useEffect(() => {
    const target = place ? place.current : document;
    const paste = (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || event.defaultPrevented) return;
      event.preventDefault();
      give.current(files);
    };
    target.addEventListener("paste", paste);
    return () => target.removeEventListener("paste", paste);
  }, [place]);
}
