// The button beside the box that brings pictures and files, kept questions and settings of one answer, and the whole window as a place to drop them.
import { useEffect, useRef, useState } from "react";
import { DropdownMenu } from "@radix-ui/themes";
import { BookMarked, Camera as CameraIcon, Image, Paperclip, Plus, SlidersHorizontal } from "lucide-react";
import { Camera } from "./Camera.jsx";

const byTouch = () => matchMedia("(pointer: coarse)").matches;
const mayFilm = () => Boolean(navigator.mediaDevices?.getUserMedia); // only on https and on this machine itself

// `mayAsk`: whether an AI listens here. `onOpen` opens what stands above the box.
export function Attach({ words, onFiles, toBox, mayAsk, onOpen }) {
  const [pictures, files, lens] = [useRef(null), useRef(null), useRef(null)];
  const [filming, setFilming] = useState(false);

  function take(event) {
    if (event.target.files.length) onFiles([...event.target.files]);
    event.target.value = ""; // the same file may be chosen again
  }

  const input = (ref, more) => (
    <input ref={ref} type="file" className="visually-hidden" tabIndex={-1} aria-hidden="true" onChange={take} {...more} />
  );
  // A phone has an app for that, with its own lenses; a laptop has a dialog of ours.
  const film = () => (byTouch() || !mayFilm() ? lens.current.click() : setFilming(true));

  return (
    <>
      {input(pictures, { accept: "image/*", multiple: true })}
      {input(files, { multiple: true, "data-kind": "any" })}
      {input(lens, { accept: "image/*", capture: "environment" })}
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger>
          <button type="button" className="icon-button composer-attach" aria-label={words.attach} title={words.attach}><Plus /></button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu-list" side="top" align="start">
          <DropdownMenu.Item onSelect={() => pictures.current.click()}><Image size={18} aria-hidden="true" />{words.pictures}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={film}><CameraIcon size={18} aria-hidden="true" />{words.camera}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => files.current.click()}><Paperclip size={18} aria-hidden="true" />{words.files}</DropdownMenu.Item>
          <DropdownMenu.Item onSelect={() => setTimeout(onOpen, 0, "prompts")}><BookMarked size={18} aria-hidden="true" />{words.prompts}</DropdownMenu.Item>
          {mayAsk && (
            <DropdownMenu.Item className="level-ai" onSelect={() => setTimeout(onOpen, 0, "once")}>
              <SlidersHorizontal size={18} aria-hidden="true" />{words.once}
            </DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {filming && (
        <Camera
          words={words}
          onClose={() => setFilming(false)}
          onClosed={toBox}
          onShot={(file) => {
            setFilming(false);
            onFiles([file]);
          }}
        />
      )}
    </>
  );
}

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

// What is dragged over any part of the page is shown where it may fall; entering a child is no leaving.
export function DropAnywhere({ words, onFiles }) {
  const [over, setOver] = useState(false);
  const give = useRef(onFiles);
  give.current = onFiles;
  useEffect(() => {
    let depth = 0;
    const enter = (event) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const allow = (event) => carriesFiles(event) && event.preventDefault();
    const drop = (event) => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      give.current([...event.dataTransfer.files]);
    };
    const all = { dragenter: enter, dragleave: leave, dragover: allow, drop };
    Object.entries(all).forEach(([name, fn]) => window.addEventListener(name, fn));
    return () => Object.entries(all).forEach(([name, fn]) => window.removeEventListener(name, fn));
  }, []);
  return over ? <div className="drop-anywhere" aria-hidden="true"><p>{words.drop}</p></div> : null;
}
