// An answer that has just ended takes no press for a moment. What can be done with it comes up where its "Stop" stood: a
// second tap there, or one that came too late, was meant for that. Knows the page's elements, no message.
const MOMENT_MS = 600;
const GROWS = ["sending", "streaming"];

function rest(foot) {
  if (foot.contains(document.activeElement)) return; // whoever stands there by keyboard is not put out
  foot.inert = true;
  setTimeout(() => {
    foot.inert = false;
  }, MOMENT_MS);
}

// Returns how to end it.
export function settleAfterEnd() {
  const watch = new MutationObserver((changes) => {
    for (const { target, oldValue } of changes) {
      const ended = GROWS.includes(oldValue) && !GROWS.includes(target.dataset.status);
      const foot = ended && target.querySelector(":scope > .answer-actions");
      if (foot) rest(foot);
    }
  });
  watch.observe(document.body, { subtree: true, attributeFilter: ["data-status"], attributeOldValue: true });
  return () => watch.disconnect();
}
