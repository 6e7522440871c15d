// The service worker, installed where browsers allow one: HTTPS or this machine itself. Not in dev mode, where it would
// serve yesterday's code.
let asked = false;

export function installWorker() {
  if (asked || !import.meta.env.PROD || !window.isSecureContext || !("serviceWorker" in navigator)) {
    return;
  }
  asked = true;
  navigator.serviceWorker.register("/sw.js").catch(() => {
    asked = false; // no offline page this time; the house works without
  });
}
