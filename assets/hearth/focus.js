// The focus is never lost. When what had it goes away and gives it to nothing, as a dialog does that no button of the page
// opened by itself, it returns to where it was before on this page. The link past the side list takes it along.
const MOST = 16;
let trail = []; // where it was and on which page, the newest last

const isShown = ({ node }) => node.isConnected && node.checkVisibility();

function note({ target }) {
  trail = [...trail.filter(({ node }) => node !== target), { node: target, page: location.pathname }].slice(-MOST);
}

function comeBack() {
  const nowhere = !document.activeElement || document.activeElement === document.body;
  if (!nowhere || !trail.length || isShown(trail.at(-1))) return;
  const back = trail.findLast((was) => was.page === location.pathname && isShown(was));
  back?.node.focus({ preventScroll: true });
}

// Whoever gives the focus on by themselves does so first.
const soon = () => setTimeout(comeBack);
const onLeave = ({ relatedTarget }) => relatedTarget ?? soon();

function onClick(event) {
  const link = event.target.closest?.("a.skip");
  if (!link) return;
  event.preventDefault();
  document.querySelector(link.hash)?.focus();
}

export function keepFocus() {
  // Not every browser tells when what has the focus is taken out. Layers are drawn at the end of the body.
  const watch = new MutationObserver((changes) => changes.some(({ removedNodes }) => removedNodes.length) && soon());
  watch.observe(document.body, { childList: true });
  document.addEventListener("focusin", note);
  document.addEventListener("focusout", onLeave);
  document.addEventListener("click", onClick);
  return () => {
    watch.disconnect();
    document.removeEventListener("focusin", note);
    document.removeEventListener("focusout", onLeave);
    document.removeEventListener("click", onClick);
  };
}
