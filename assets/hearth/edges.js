// A row that goes on beyond its edge: `data-more` says on which sides there is more, for the style to fade them, and what is
// chosen in it is brought into view. Knows no page.
import { useEffect } from "react";

const CHOSEN = "[aria-selected='true'], [aria-current='page']";

function look(row) {
  const before = Math.abs(row.scrollLeft);
  const after = row.scrollWidth - row.clientWidth - before;
  row.dataset.more = [before > 1 && "before", after > 1 && "after"].filter(Boolean).join(" ");
}

// `rowOf` finds the row; `chosen` tells one choice in it from another.
export function useEdges(rowOf, chosen) {
  useEffect(() => {
    const row = rowOf();
    if (!row) return undefined;
    const onScroll = () => look(row);
    const watch = new ResizeObserver(onScroll);
    [row, ...row.children].forEach((one) => watch.observe(one)); // a name that is told at last makes the row longer
    row.querySelector(CHOSEN)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    row.addEventListener("scroll", onScroll, { passive: true });
    look(row);
    return () => {
      watch.disconnect();
      row.removeEventListener("scroll", onScroll);
    };
  }, [chosen]);
}
