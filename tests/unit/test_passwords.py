"""What is kept of a password, with the cost that a real house has."""

import pytest

from hearth_reflex.services import passwords
from tests.conftest import REAL_HASHING


async def test_a_real_house_hashes_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    memory_kib, passes = REAL_HASHING
    monkeypatch.setattr(passwords, "MEMORY_KIB", memory_kib)
    monkeypatch.setattr(passwords, "PASSES", passes)
    kept = passwords.Passwords()
    stored = await kept.hash("따뜻한 겨울밤")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await kept.verify("따뜻한 겨울밤", stored)
    assert not await kept.verify("따뜻한 겨울 밤", stored)
    assert not await kept.verify("따뜻한 겨울밤", None)
    kept.close()
