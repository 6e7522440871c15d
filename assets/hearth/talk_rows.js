// The rows of the talk under the keyboard and under a selection: arrows go from row to row, Enter opens a row's menu (the
// event "hearth:menu"), and rows that hold the focus or a selection stay although they are out of sight.
import { useEffect, useRef, useState } from "react";
import { roomStore } from "$/public/hearth/feed";

const MOST_SELECTED = 60; // rows that are kept for a selection; of a longer one only its two ends
const TRIES = 60; // frames until a row that is scrolled to must be there

const entryOf = (node) => (node instanceof Element ? node : node?.parentElement)?.closest(".talk-item");
const rowIn = (entry) => entry?.querySelector(".row, .notice");

// Puts the keyboard on a row, as soon as it is drawn.
export function focusRow(scroller, key, tries = TRIES) {
  const row = rowIn(scroller?.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (row) {
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
  } else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, key, tries - 1));
}

function useSelection(scroller) {
  const [ends, setEnds] = useState(null); // [key, key] of the rows in which a selection begins and ends
  const known = useRef("");
  useEffect(() => {
    const look = () => {
      const chosen = document.getSelection();
      const both = chosen?.isCollapsed === false ? [chosen.anchorNode, chosen.focusNode] : [];
      const found = both.filter((node) => scroller.current?.contains(node)).map((node) => entryOf(node)?.dataset.key);
      const next = found.length === 2 && found[0] && found[1] ? found : null;
      if (String(next) === known.current) return;
      known.current = String(next);
      setEnds(next);
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, []);
  return ends;
}

export function useRows({ scroller, list, now }) {
  const [focused, setFocused] = useState("");
  const ends = useSelection(scroller);
  const at = (items, key) => items.findIndex((item) => item.key === key);

  function kept(items) {
    const indexes = new Set(focused ? [at(items, focused)] : []);
    const [from, to] = (ends ?? []).map((key) => at(items, key)).sort((a, b) => a - b);
    if (from >= 0 && to - from <= MOST_SELECTED) for (let index = from; index <= to; index += 1) indexes.add(index);
    else if (from >= 0) indexes.add(from).add(to);
    indexes.delete(-1);
    return indexes.size ? [...indexes] : undefined;
  }

  function move(index) {
    const { items } = now.current;
    if (index < 0) roomStore()?.loadOlder();
    else if (index >= items.length) roomStore()?.loadNewer();
    else {
      list.current.scrollToIndex(index, { align: "nearest" });
      focusRow(scroller.current, items[index].key);
    }
  }

  // From the talk itself the arrows lead to the last row on screen.
  function startingPoint() {
    const { scrollTop, clientHeight } = scroller.current;
    return list.current.findItemIndex(scrollTop + clientHeight - 24);
  }

  // A row taller than the screen is scrolled through before it is left.
  function goesOn(entry, down) {
    const [row, view] = [entry.getBoundingClientRect(), scroller.current.getBoundingClientRect()];
    return down ? row.bottom > view.bottom + 4 : row.top < view.top - 4;
  }

  function onKeyDown(event) {
    const entry = entryOf(event.target);
    const onRow = entry && event.target === rowIn(entry);
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!onRow && event.target !== scroller.current) return; // what is inside a row keeps its keys
    const { items } = now.current;
    const here = onRow ? at(items, entry.dataset.key) : -1;
    const down = event.key === "ArrowDown";
    if (down || event.key === "ArrowUp") {
      if (onRow && goesOn(entry, down)) return;
      move(onRow ? here + (down ? 1 : -1) : startingPoint());
    } else if (event.key === "Home") roomStore()?.jumpTo(1, { align: "start", offset: -64, flash: false, focus: true });
    else if (event.key === "End") roomStore()?.toNewest();
    else if (event.key === "Enter" && onRow && items[here]?.seq)
      window.dispatchEvent(new CustomEvent("hearth:menu", { detail: { id: items[here].id } }));
    else return;
    event.preventDefault();
  }

  return { kept, onKeyDown, onFocus: (event) => setFocused(entryOf(event.target)?.dataset.key ?? "") };
}
