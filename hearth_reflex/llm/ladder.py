"""Smaller and smaller settings for a model that does not fit: from what was asked for, down to what hardly any lacks.

Knows numbers only. First everything comes off the accelerator; then context, replies at once and batch shrink together.
"""

from dataclasses import replace
from math import ceil, log2

from hearth_reflex.llm.config import EngineConfig

_LEAST_TOKENS = 1024
_LEAST_BATCH, _USUAL_BATCH = 128, 512
_STEPS = 3
_LONG_TOKENS = 32_768  # taken for a context of which only the model knows how long it is


class Ladder:
    """Where on the way down an engine stands. It stays there until somebody asks for the whole again (`up`)."""

    def __init__(self, config: EngineConfig) -> None:
        self._rungs = (config, *_smaller(config))
        self._at = 0

    @property
    def config(self) -> EngineConfig:
        return self._rungs[self._at]

    def down(self) -> bool:
        """One step; False when there is none left."""
        if self._at + 1 == len(self._rungs):
            return False
        self._at += 1
        return True

    def up(self) -> None:
        """Back to what was asked for."""
        self._at = 0


def _smaller(config: EngineConfig) -> list[EngineConfig]:
    rungs: list[EngineConfig] = []
    plain = replace(config, n_gpu_layers=0, use_mlock=False, reduced=True)
    if config.n_gpu_layers:
        rungs.append(plain)
    tokens = config.n_ctx or _LONG_TOKENS
    # A long context takes longer strides, so that the last step always arrives at the least.
    stride = max(1, ceil(log2(max(1.0, tokens / _LEAST_TOKENS)) / _STEPS))
    for step in range(1, _STEPS + 1):
        rung = replace(
            plain,
            n_ctx=min(tokens, max(_LEAST_TOKENS, tokens >> stride * step)),
            n_seq=max(1, config.n_seq >> step),
            n_batch=min(config.n_batch, max(_LEAST_BATCH, _USUAL_BATCH >> step)),
        )
        if not rungs or rung != rungs[-1]:
            rungs.append(rung)
    return rungs
