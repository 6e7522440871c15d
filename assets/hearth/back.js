// Under a finger, Back closes what is open over the page before it leaves the page: a picture, a sheet, a menu, a question.
// One entry of the browser's history stands for all of them; whatever closes by itself takes it along. With a mouse there
// is Escape, and Back goes back.
const MARK = "hearth_layer";
const LAYERS = [
  ".yarl__root", ".row-menu", "dialog[open]",
  ...["dialog", "alertdialog", "menu", "listbox"].map((role) => `[role=${role}][data-state=open]`),
].join();
let guarded = ""; // the address over which an entry of ours is the newest
let dropping = false; // it was taken back by us: nobody pressed Back
let begun = false;

const layers = () => [...document.querySelectorAll(LAYERS)]; // the newest last
const marked = () => history.state?.[MARK] === true;

// To be called when something opens or closes that is not drawn at the end of the body.
export function layersChanged() {
  if (begun) setTimeout(settle);
}

function settle() {
  const open = layers().length > 0;
  if (open && !guarded && matchMedia("(pointer: coarse)").matches) {
    history.pushState({ ...history.state, [MARK]: true }, ""); // the same place to the router
    guarded = location.href;
  } else if (!open && guarded) {
    guarded = "";
    if (!marked()) return; // the page went on meanwhile
    dropping = true;
    history.back();
  }
}

// As its own Escape would.
function closeTop() {
  const top = layers().at(-1);
  if (top.matches("dialog")) return top.close();
  const within = top.contains(document.activeElement) ? document.activeElement : (top.querySelector("button") ?? top);
  within.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", code: "Escape", bubbles: true, cancelable: true }));
}

function onPop(event) {
  if (dropping) {
    dropping = false;
    event.stopImmediatePropagation();
    if (marked()) history.forward(); // the page went on in the same moment
  } else if (guarded && !marked()) {
    const stays = guarded === location.href; // else several entries were gone back at once
    guarded = "";
    if (!stays) return;
    event.stopImmediatePropagation();
    if (layers().length) closeTop();
    layersChanged(); // what is still open is guarded anew
  } else if (marked() && !guarded) {
    event.stopImmediatePropagation(); // an old entry with nothing open behind it: on to the one before
    history.back();
  }
}

export function beginBack() {
  if (begun) return;
  begun = true;
  guarded = marked() ? location.href : ""; // the page was loaded anew
  window.addEventListener("popstate", onPop, true); // before the router hears of it
  new MutationObserver(layersChanged).observe(document.body, { childList: true });
  layersChanged();
}
