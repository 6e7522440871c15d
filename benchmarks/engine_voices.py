"""Replies as they were heard, and the rates that follow from them. Pure: times and counts in, numbers out.

Times are seconds of the machine's monotonic clock, which all its processes share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

Arrival = tuple[float, int]  # when, and how many tokens


@dataclass(slots=True)
class Voice:
    """One reply. `asked` is when its request was made, for one that stood in line too."""

    asked: float
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    ended: float = 0.0
    prompt_tokens: int = 0
    kept_tokens: int = 0
    output_tokens: int = 0
    text: str = ""

    @property
    def first(self) -> float:
        """When the first token was there."""
        return self.arrivals[0][0]

    @property
    def last(self) -> float:
        return self.arrivals[-1][0]

    @property
    def first_token_ms(self) -> float:
        return (self.first - self.asked) * 1000


def throughput(voices: Sequence[Voice]) -> float:
    """Tokens said a second, all replies together, from the first request to the last end: as people have it."""
    return sum(voice.output_tokens for voice in voices) / (max(v.ended for v in voices) - min(v.asked for v in voices))


def decode_rate(voices: Sequence[Voice]) -> float:
    """Tokens a second while all speak side by side; where they never do, while anybody speaks."""
    begin, end = max(voice.first for voice in voices), min(voice.last for voice in voices)
    if begin < end:
        return sum(tokens for voice in voices for at, tokens in voice.arrivals if begin < at <= end) / (end - begin)
    return sum(tokens for voice in voices for _, tokens in voice.arrivals[1:]) / _speaking_s(voices)


def _speaking_s(voices: Sequence[Voice]) -> float:
    """Seconds in which at least one speaks."""
    total, until = 0.0, 0.0
    for voice in sorted(voices, key=lambda voice: voice.first):
        total += max(0.0, voice.last - max(until, voice.first))
        until = max(until, voice.last)
    return total


def prefill_rate(voices: Sequence[Voice]) -> float:
    """Prompt tokens read a second, from the first request to the last first token; for replies of one token."""
    read = sum(voice.prompt_tokens - voice.kept_tokens for voice in voices)
    return read / (max(voice.first for voice in voices) - min(voice.asked for voice in voices))


def worst_first_ms(voices: Sequence[Voice]) -> float:
    return max(voice.first_token_ms for voice in voices)


def paired_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios: those of a round met the same machine."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))
