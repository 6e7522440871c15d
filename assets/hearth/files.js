// What a page says of a file: its addresses, its size in words, its name in two parts, the blur before its picture.
import { decode } from "blurhash";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const BLUR_SIDE = 24;
const blurs = new Map(); // hash -> address of its picture; a few hundred at most are ever looked at

// A picture of a library has an address of its own.
export const wholeOf = (file) => file.url ?? `/api/files/${file.id}`;
export const smallOf = (file) => file.url ?? `/api/files/${file.id}/thumb`;

// What stands for a picture where it is not seen: what somebody said of it, else its name.
export const altOf = (file, words) =>
  file.caption ? words.captioned.replace("{caption}", file.caption) : words.picture.replace("{name}", file.name);

// "3.2 MB"
export function sizeWords(bytes, locale) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const options = { style: "unit", unit: UNITS[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: step > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale === "en" ? "en-US" : "ko-KR", options).format(bytes / 1000 ** step);
}

// The end of a name stays, whatever must go: the last letters of the stem and what kind of file it is.
export function nameParts(name) {
  const letters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  let tail = Math.min(12, Math.floor(letters.length / 2));
  while (letters.at(-tail) === " ") tail -= 1;
  return [letters.slice(0, letters.length - tail).join(""), letters.slice(letters.length - tail).join("")];
}

// A style that paints a BlurHash; nothing for one that is none.
export function blurOf(file) {
  if (!file.blur) return undefined;
  if (!blurs.has(file.blur)) blurs.set(file.blur, painted(file.blur));
  const image = blurs.get(file.blur);
  return image ? { backgroundImage: `url("${image}")` } : undefined;
}

function painted(hash) {
  try {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = BLUR_SIDE;
    const points = new ImageData(decode(hash, BLUR_SIDE, BLUR_SIDE), BLUR_SIDE, BLUR_SIDE);
    canvas.getContext("2d").putImageData(points, 0, 0);
    return canvas.toDataURL();
  } catch {
    return "";
  }
}

// Opens pictures large; Lightbox.jsx hears it. `jump` (a message's {id, seq}) may stand in each.
export function showPictures(files, index) {
  window.dispatchEvent(new CustomEvent("hearth:picture", { detail: { files, index } }));
}
