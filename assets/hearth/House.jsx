// What every page does once it stands, and draws nothing: installs the offline shell and lets the fire rest when the
// page is not looked at.
import { useEffect } from "react";
import { installWorker } from "./pwa";

function noteAway() {
  document.documentElement.toggleAttribute("data-away", document.hidden);
}

export function House() {
  useEffect(() => {
    noteAway();
    document.addEventListener("visibilitychange", noteAway);
    installWorker();
    return () => document.removeEventListener("visibilitychange", noteAway);
  }, []);
  return null;
}
