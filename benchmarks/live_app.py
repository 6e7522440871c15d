"""The house as it is served in production, with its real engine, and guests who already sit in a room. A program of its
own, started by the benchmarks with a data folder of its own in HEARTH_DATA_DIR.
"""

import argparse
import asyncio
from pathlib import Path

from benchmarks.seed import seed
from hearth_reflex.cli import migrations, server
from hearth_reflex.settings import load_settings


def main() -> int:
    arguments = _parser().parse_args()
    settings = load_settings(_env_file=None)  # what somebody set for their own house is not measured
    settings.make_data_dir()
    migrations.upgrade()
    asyncio.run(seed(settings, guests=arguments.guests, history=0)).write(arguments.seeded)
    return server.serve(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, required=True, help="people with a seat in the room")
    parser.add_argument("--seeded", type=Path, required=True, help="file for the guests' tokens and the room's id")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
