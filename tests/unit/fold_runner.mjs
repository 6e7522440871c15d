// Runs assets/hearth/fold.js for tests/unit/test_feed.py: one JSON request a line in, one JSON answer a line out.
import { createInterface } from "node:readline";

const { RoomFold, segments } = await import(process.argv[2]);

function view(fold) {
  const rows = [...fold.rows.keys()].sort((a, b) => a - b).map((seq) => fold.rows.get(seq));
  const places = [...fold.places].sort(([a], [b]) => a - b).map(([seq, place]) => [seq, ...place]);
  return { rev: fold.rev, missing: fold.missing, rows, places };
}

function replay(inputs) {
  const fold = new RoomFold();
  return inputs.map(([name, ...values]) => {
    fold[name](...values);
    return view(fold);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { inputs, texts } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(inputs ? replay(inputs) : texts.map(segments))}\n`);
}
