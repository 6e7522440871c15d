// How what can be done with a row is reached without a mouse: a long press of a finger, and Tab from the row that the
// arrows have led to (talk_rows.js). Knows the page's elements, no message.
const HOLD_MS = 450;
const SLIP_PX = 10;
const OWN = "a, button, input, textarea, img, video, [tabindex='0']"; // these have a press of their own

// Calls `held(node)` when a finger rests on what `selector` matches. Returns how to end it.
export function heldLong(selector, held) {
  let timer = null;
  let from = null;
  let done = false; // the press was a long one: its click is no click

  const stop = () => clearTimeout(timer);
  function down(event) {
    stop();
    done = false;
    const node = event.target.closest?.(selector);
    const own = event.target.closest?.(OWN);
    if (event.pointerType !== "touch" || !event.isPrimary || !node || (own && node.contains(own))) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      done = true;
      navigator.vibrate?.(12);
      held(node);
    }, HOLD_MS);
  }
  function move(event) {
    if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP_PX) stop();
  }
  function swallow(event) {
    if (!done) return;
    done = false;
    event.preventDefault();
    event.stopPropagation();
  }
  const ears = { pointerdown: down, pointermove: move, pointerup: stop, pointercancel: stop, click: swallow, contextmenu: (event) => done && event.preventDefault() };
  for (const [name, ear] of Object.entries(ears)) document.addEventListener(name, ear, true);
  return () => {
    stop();
    for (const [name, ear] of Object.entries(ears)) document.removeEventListener(name, ear, true);
  };
}

const ROWS = ".row[data-id]";
const THEIRS = ":is(.row-bar, .answer-tools) button, .cite";
let reached = null;

// Tab goes on from a row that holds the focus to its own buttons, and to those of no other row. Returns how to end it.
export function reachOwnButtons() {
  const reach = (event) => {
    const row = event.target.closest?.(ROWS);
    if (row !== reached) reached?.querySelectorAll(THEIRS).forEach((button) => button.setAttribute("tabindex", "-1"));
    row?.querySelectorAll(THEIRS).forEach((button) => button.setAttribute("tabindex", "0"));
    reached = row ?? null;
  };
  document.addEventListener("focusin", reach);
  return () => document.removeEventListener("focusin", reach);
}
