// Runs the page's plain.js for tests/unit/test_plain.py: a JSON list of [name of the function, argument] in, results out.
import { readFileSync } from "node:fs";
import * as plain from "../../assets/hearth/plain.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(([name, given]) => plain[name](given))));
