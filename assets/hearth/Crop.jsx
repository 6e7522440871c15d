// Cuts a picture before it is sent: a free box with handles, by mouse, finger or arrow keys. `aspect` keeps its shape.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "@radix-ui/themes";
import ReactCrop from "react-image-crop";
import "react-image-crop/dist/ReactCrop.css";

const LARGEST = 4096; // pixels of a side: what the house keeps at most
const SEE_THROUGH = ["image/png", "image/gif", "image/webp", "image/svg+xml"];
const START = { unit: "%", x: 5, y: 5, width: 90, height: 90 };

function middle(aspect, { naturalWidth: width, naturalHeight: height }) {
  if (!aspect) return START;
  const side = Math.min(width, height * aspect);
  const [w, h] = [(side / width) * 100, (side / aspect / height) * 100];
  return { unit: "%", x: (100 - w) / 2, y: (100 - h) / 2, width: w, height: h };
}

function cutOut(image, box, type) {
  const [x, y] = [(box.x / 100) * image.naturalWidth, (box.y / 100) * image.naturalHeight];
  const [width, height] = [(box.width / 100) * image.naturalWidth, (box.height / 100) * image.naturalHeight];
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.92));
}

// `onDone(file)` with what was cut, or with null when it was given up.
export function Crop({ file, aspect, round, words, onDone }) {
  const image = useRef(null);
  const [source, setSource] = useState("");
  const [box, setBox] = useState(START);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    const url = URL.createObjectURL(file);
    setSource(url);
    return () => URL.revokeObjectURL(url);
  }, [file]);

  async function keep() {
    const type = SEE_THROUGH.includes(file.type) ? "image/png" : "image/jpeg";
    const blob = await cutOut(image.current, box, type);
    onDone(blob ? new File([blob], file.name, { type }) : null);
  }

  return (
    <Dialog.Root open onOpenChange={(open) => open || onDone(null)}>
      <Dialog.Content className="dialog crop" aria-describedby={undefined}>
        <Dialog.Title className="dialog-title">{words.crop}</Dialog.Title>
        {broken ? (
          <p role="alert">{words.crop_broken}</p>
        ) : (
          <ReactCrop crop={box} aspect={aspect} circularCrop={round} keepSelection minWidth={16} minHeight={16} onChange={(_, percent) => setBox(percent)}>
            {source && (
              <img
                ref={image}
                src={source}
                alt={file.name}
                onLoad={(event) => setBox(middle(aspect, event.currentTarget))}
                onError={() => setBroken(true)}
              />
            )}
          </ReactCrop>
        )}
        <div className="form-actions">
          <button type="button" className="button plain" onClick={() => onDone(null)}>{words.cancel}</button>
          {!broken && <button type="button" className="button main" onClick={keep}>{words.crop_keep}</button>}
        </div>
      </Dialog.Content>
    </Dialog.Root>
  );
}
