// The sound of the fire, made here: a low murmur of filtered noise and single pops over it. Off unless it was asked for;
// silent while the page is hidden, and until the reader has touched it (browsers want that).
import { useEffect } from "react";

const MURMUR = 0.012;
const POP = 0.09;

function noise(context, seconds) {
  const buffer = context.createBuffer(1, seconds * context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  let last = 0;
  for (let at = 0; at < samples.length; at += 1) {
    last = 0.98 * last + 0.02 * (Math.random() * 2 - 1); // brown: a low rush without hiss
    samples[at] = last * 12;
  }
  return buffer;
}

function murmur(context, out) {
  const source = context.createBufferSource();
  source.buffer = noise(context, 4);
  source.loop = true;
  const gain = context.createGain();
  gain.gain.value = MURMUR;
  source.connect(gain).connect(out);
  source.start();
}

function pop(context, out) {
  const source = context.createBufferSource();
  source.buffer = noise(context, 0.1);
  const band = context.createBiquadFilter();
  band.type = "bandpass";
  band.frequency.value = 900 + Math.random() * 2600;
  const gain = context.createGain();
  const now = context.currentTime;
  gain.gain.setValueAtTime(POP * (0.3 + Math.random() * 0.7), now);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.03 + Math.random() * 0.05);
  source.connect(band).connect(gain).connect(out);
  source.start();
}

function burn() {
  const context = new AudioContext();
  murmur(context, context.destination);
  let timer = 0;
  const next = () => {
    timer = setTimeout(() => {
      if (!document.hidden) pop(context, context.destination);
      next();
    }, 120 + Math.random() ** 3 * 2200);
  };
  next();
  const wake = () => context.resume();
  const look = () => (document.hidden ? context.suspend() : context.resume());
  addEventListener("pointerdown", wake, { once: true });
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(timer);
    removeEventListener("pointerdown", wake);
    document.removeEventListener("visibilitychange", look);
    context.close();
  };
}

export function useCrackle(on) {
  useEffect(() => (on ? burn() : undefined), [on]);
}
