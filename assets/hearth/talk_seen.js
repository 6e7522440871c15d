// Tells the page which message is the newest that was before the reader's eyes: as the event "hearth:seen", not more
// often than twice a second, and only while the tab is looked at.
const EVERY_MS = 500;
const ENOUGH_PX = 24; // of a row, to have seen it
let talk = null;
let told = 0;
let timer = null;

// Of the rows as they stand, not as the list reckons while it goes elsewhere.
function newestOnScreen() {
  const edge = talk.getBoundingClientRect().bottom - ENOUGH_PX;
  const seen = [...talk.querySelectorAll(".talk-item")].filter((row) => row.getBoundingClientRect().top <= edge);
  return Math.max(0, ...seen.map((row) => Number(row.dataset.at)));
}

function tell() {
  timer = null;
  if (!talk?.isConnected || document.visibilityState !== "visible") return;
  const seq = newestOnScreen();
  if (seq <= told) return;
  told = seq;
  window.dispatchEvent(new CustomEvent("hearth:seen", { detail: { seq } }));
}

// Something moved: it is looked soon.
export function tellSeen(scroller) {
  talk = scroller;
  timer ??= setTimeout(tell, EVERY_MS);
}

// Another room counts from the beginning.
export function forgetSeen() {
  talk = null;
  told = 0;
}

if (typeof document !== "undefined") document.addEventListener("visibilitychange", tell);
