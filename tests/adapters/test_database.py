"""The store itself: what is said when another program holds it or a connection has died, and that it goes on then."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from hearth_reflex.db import database as databases
from hearth_reflex.db.database import Database


async def test_a_store_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 50)
    file = tmp_path / "hearth.db"
    database = Database(f"sqlite+aiosqlite:///{file}")
    async with database.write() as db:
        await (await db.connection()).execute(text("CREATE TABLE word (said TEXT)"))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            async with database.write():
                pytest.fail("two write at once")
        async with database.read() as db:  # who only looks is not held up
            assert (await (await db.connection()).execute(text("SELECT count(*) FROM word"))).scalar_one() == 0
        other.execute("ROLLBACK")
    async with database.write() as db:
        await (await db.connection()).execute(text("INSERT INTO word VALUES ('ember')"))
    async with database.read() as db:
        assert (await (await db.connection()).execute(text("SELECT said FROM word"))).scalars().all() == ["ember"]
    await database.close()


async def test_a_connection_that_died_is_let_go(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'hearth.db'}")
    await database.ping()
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.close()
    with pytest.raises(DBAPIError):
        await database.ping()
    for _ in range(3):
        await database.ping()
    await database.close()
