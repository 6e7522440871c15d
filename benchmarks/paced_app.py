"""The house as it is served in production, but for two things: its engine speaks at a set pace, and a recorder
listens at its bus. A program of its own, started by the benchmarks with a data folder of its own in HEARTH_DATA_DIR.
"""

import argparse
import asyncio
from pathlib import Path

from benchmarks.paced import PacedEngine
from benchmarks.seed import seed
from benchmarks.timing import Recorder
from hearth_reflex.bootstrap import House, use_house
from hearth_reflex.cli import migrations, server
from hearth_reflex.db.database import Database
from hearth_reflex.logs import configure_logs
from hearth_reflex.settings import load_settings


def main() -> int:
    arguments = _parser().parse_args()
    settings = load_settings(_env_file=None)  # what somebody set for their own house is not measured
    configure_logs(level=settings.log_level, for_people=settings.log_format == "console")
    settings.make_data_dir()
    migrations.upgrade()
    asyncio.run(seed(settings, guests=arguments.guests, history=arguments.history)).write(arguments.seeded)
    recorder = Recorder()
    house = House(settings=settings, database=Database(settings.async_database_url), engine=PacedEngine(recorder))
    house.bus.add(recorder)  # the app adds its socket behind it
    use_house(house)
    status = server.serve(settings)
    recorder.write(arguments.record)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, required=True, help="people with a seat in both rooms")
    parser.add_argument("--history", type=int, required=True, help="messages in the long room")
    parser.add_argument("--seeded", type=Path, required=True, help="file for the guests' tokens and the rooms' ids")
    parser.add_argument("--record", type=Path, required=True, help="file for the times, written at the end")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
