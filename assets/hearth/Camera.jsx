// A picture from a camera of this device. Which one is asked once and remembered; nothing is kept until it is sent.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "@radix-ui/themes";

const KEY = "hearth_camera";

function remembered() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function remember(device) {
  try {
    localStorage.setItem(KEY, device);
  } catch {
    // asked again the next time
  }
}

const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

const SIZE = { width: { ideal: 1920 } };

// A camera that was wished for and is not there any more gives way to any.
async function opened(device) {
  const open = (video) => navigator.mediaDevices.getUserMedia({ video, audio: false });
  const any = { facingMode: "environment", ...SIZE };
  if (!device) return open(any);
  return open({ deviceId: { exact: device }, ...SIZE }).catch((error) => {
    if (error.name === "NotAllowedError") throw error;
    return open(any);
  });
}

// The picture of the camera `device`, "" for any; the list of all cameras is only told once one may be used.
function useCamera(device) {
  const [{ stream, cameras, refused }, setNow] = useState({ stream: null, cameras: [], refused: false });
  useEffect(() => {
    let [wanted, mine] = [true, null];
    (async () => {
      try {
        mine = await opened(device);
        const all = await navigator.mediaDevices.enumerateDevices();
        const found = all.filter(({ kind }) => kind === "videoinput");
        if (wanted) setNow({ stream: mine, cameras: found, refused: false });
        else stop(mine);
      } catch {
        if (wanted) setNow({ stream: null, cameras: [], refused: true });
      }
    })();
    return () => {
      wanted = false;
      stop(mine);
    };
  }, [device]);
  return { stream, cameras, refused };
}

// `onClosed` takes the focus when the dialog has gone.
export function Camera({ words, onShot, onClose, onClosed }) {
  const [device, setDevice] = useState(remembered);
  const { stream, cameras, refused } = useCamera(device);
  const video = useRef(null);
  const shutter = useRef(null);

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    if (stream && document.activeElement?.tagName !== "SELECT") shutter.current?.focus();
  }, [stream]);

  function giveFocusOn(event) {
    event.preventDefault();
    onClosed();
  }

  function choose(event) {
    remember(event.target.value);
    setDevice(event.target.value);
  }

  function shoot() {
    const canvas = document.createElement("canvas");
    canvas.width = video.current.videoWidth;
    canvas.height = video.current.videoHeight;
    canvas.getContext("2d").drawImage(video.current, 0, 0);
    canvas.toBlob((blob) => {
      if (blob) onShot(new File([blob], `${words.shot_name}.jpg`, { type: "image/jpeg" }));
    }, "image/jpeg", 0.92);
  }

  // The remembered one may be of another desk.
  const chosen = cameras.some(({ deviceId }) => deviceId === device) ? device : (stream?.getVideoTracks()[0]?.getSettings().deviceId ?? "");
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Content className="dialog camera" aria-describedby={undefined} onCloseAutoFocus={giveFocusOn}>
        <Dialog.Title className="dialog-title">{words.camera}</Dialog.Title>
        {refused ? <p role="alert">{words.camera_refused}</p> : <video ref={video} autoPlay playsInline muted className="camera-picture" />}
        {cameras.length > 1 && (
          <label className="camera-choice">
            <span>{words.which_camera}</span>
            <select value={chosen} onChange={choose}>
              {cameras.map(({ deviceId, label }, at) => (
                <option key={deviceId} value={deviceId}>{label || `${words.camera} ${at + 1}`}</option>
              ))}
            </select>
          </label>
        )}
        <div className="form-actions">
          <button type="button" className="button plain" onClick={onClose}>{words.cancel}</button>
          {!refused && <button ref={shutter} type="button" className="button main" disabled={!stream} onClick={shoot}>{words.shoot}</button>}
        </div>
      </Dialog.Content>
    </Dialog.Root>
  );
}
