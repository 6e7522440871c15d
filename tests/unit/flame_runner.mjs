// Lets Python ask the fire of the browser: one JSON value in, one out.
import { readFileSync } from "node:fs";
import { flame, warmth } from "../../assets/hearth/flame.js";

const { rooms, texts } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({ flames: rooms.map(flame), warmths: texts.map(warmth) }));
