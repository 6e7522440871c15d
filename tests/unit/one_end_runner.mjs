// Runs the page's one_end.js for tests/unit/test_one_end.py: a JSON list of [keys before, keys now] in, keys to draw out.
import { readFileSync } from "node:fs";
import { onTheWay } from "../../assets/hearth/one_end.js";

const rows = (keys) => keys.map((key) => ({ key }));
const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(([before, now]) => onTheWay(rows(before), rows(now)).map(({ key }) => key))));
