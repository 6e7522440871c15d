"""Password hashing, slow on purpose and kept off the event loop.

argon2id with 19 MiB, two passes, one lane (OWASP's first choice for shared machines). At most two run at a time, so
that a crowd at the door does not take the cores from the model.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

MEMORY_KIB = 19 * 1024
PASSES = 2


class Passwords:
    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1),))
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
        # Verified when nobody has that name, so that an unknown name takes as long as a wrong password.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, _bytes(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """False for a wrong password and, after the same time, for `stored` None."""
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(self._pool, self._hasher.verify, _bytes(password), stored or self._nobody)
        return right and stored is not None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _bytes(password: str) -> bytes:
    """JSON can carry halves of a letter; those are as good as any other byte."""
    return password.encode("utf-8", "surrogatepass")
