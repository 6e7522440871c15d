"""Makes the folder of the heavy engine: `python -m hearth_reflex.rag.convert WEIGHTS FOLDER PARENT`.

A program of its own, whose memory is free again when it ends, and which ends with the embedder's process.
"""

import sys
from pathlib import Path

from hearth_reflex.rag.parent import die_with


def main() -> None:
    weights, folder, parent = sys.argv[1:]
    die_with(int(parent))
    from hearth_reflex.rag.e5 import converted

    converted(Path(weights), Path(folder))


if __name__ == "__main__":
    main()
