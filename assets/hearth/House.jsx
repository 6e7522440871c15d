// What every page does once it stands, and draws nothing: installs the offline shell, lets the fire rest when the page is
// not looked at, keeps the focus from getting lost and Back from leaving too soon, and takes what the reader has set.
import { useContext, useEffect } from "react";
import { ColorModeContext } from "$/utils/context-registry";
import { beginBack } from "./back.js";
import { keepFocus } from "./focus.js";
import { applyPreferences, takePreferences, usePreferences } from "./prefs";
import { installWorker } from "./pwa";
import { onNews } from "./signals.js";
import { useCrackle } from "./crackle";

function noteAway() {
  document.documentElement.toggleAttribute("data-away", document.hidden);
}

export function House({ preferences }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const mine = usePreferences();
  useCrackle(mine.sound && mine.fire !== "still");

  useEffect(keepFocus, []);
  useEffect(beginBack, []);

  useEffect(() => {
    noteAway();
    applyPreferences();
    document.addEventListener("visibilitychange", noteAway);
    installWorker();
    const deaf = onNews("preferences", takePreferences); // set in another tab, or on another device
    return () => {
      deaf();
      document.removeEventListener("visibilitychange", noteAway);
    };
  }, []);

  useEffect(() => {
    takePreferences(preferences ?? {});
    if (preferences?.theme && preferences.theme !== rawColorMode) setColorMode(preferences.theme);
  }, [JSON.stringify(preferences)]);
  return null;
}
