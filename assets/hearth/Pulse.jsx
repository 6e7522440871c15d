// Asks the house again and again while somebody looks: not in a hidden tab, and no more once the page is left.
import { useEffect, useRef } from "react";
import { eventLoop } from "$/utils/context-registry";

export function Pulse({ seconds, onBeat }) {
  const beat = useRef(onBeat);
  beat.current = onBeat;

  useEffect(() => {
    // While the line is down Reflex would heap up what is sent.
    const look = () => document.visibilityState === "visible" && eventLoop.connectErrors.length === 0 && beat.current();
    const timer = setInterval(look, seconds * 1000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [seconds]);
  return null;
}
