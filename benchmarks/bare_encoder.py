"""What the embedder is compared with: sentence-transformers alone, in a process of its own, and nothing around it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hearth_reflex.rag.order import EmbedderOrder
from hearth_reflex.rag.weights import NAME, revision

BATCH = 32  # what encoders take at once when nothing else is said
# The same first encoder, the same threads, the same place in line; a line of texts in, its seconds out.
_ENCODE = """
import json, os, sys, time
os.nice(10)
import torch
from sentence_transformers import SentenceTransformer
folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
for line in sys.stdin:
    texts = json.loads(line)
    begun = time.perf_counter()
    model.encode_document(texts, batch_size=32, show_progress_bar=False)
    print(time.perf_counter() - begun, flush=True)
"""


class BareEncoder:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def seconds(self, texts: Sequence[str]) -> float:
        """How long it takes to encode them. Raises RuntimeError when the process has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(list(texts)).encode() + b"\n")
        await self._process.stdin.drain()
        if not (said := await self._process.stdout.readline()):
            raise RuntimeError("the bare encoder has ended")
        return float(said)


@asynccontextmanager
async def bare_encoder(order: EmbedderOrder) -> AsyncIterator[BareEncoder]:
    """With its model loaded and warm."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ENCODE, str(order.folder / f"{NAME}-{revision()}"), str(order.used_threads),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=order.environment(),
    )  # fmt: skip
    encoder = BareEncoder(process)
    try:
        await encoder.seconds(["warm"] * 8)
        yield encoder
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
