// Puts text on the clipboard. Over plain http, where phones of the house come from, browsers keep their own clipboard
// shut: there a hidden box is copied from instead.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromBox(text);
  }
}

function copyFromBox(text) {
  const box = document.createElement("textarea");
  const before = document.activeElement;
  box.value = text;
  box.readOnly = true;
  box.style.cssText = "position: fixed; opacity: 0";
  (before?.closest?.("dialog, [role=dialog]") ?? document.body).append(box); // a dialog would take the focus back
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}
