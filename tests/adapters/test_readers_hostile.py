"""Files that mean harm: each ends in one of the agreed codes or in a harmless reading, within its memory and time."""

import io
import signal
from pathlib import Path

import pytest

from hearth_reflex.domain.reading import Reading
from hearth_reflex.rag.answer import reading_from
from hearth_reflex.rag.clean import UNSEEN
from hearth_reflex.rag.kinds import ending_of
from hearth_reflex.rag.refusal import Refusal, Why
from tests.hostile_documents import SECRET, Hostile, Opened, all_of_them, opened

MEMORY_BYTES, CPU_S = 1 << 30, 10
ENDED = {0, -signal.SIGKILL, -signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGTRAP}


def outcome(one: Opened) -> Reading | Why:
    if one.exit_code:
        return Why.SLOW if -one.exit_code in (signal.SIGKILL, signal.SIGXCPU) else Why.UNREADABLE
    try:
        return reading_from(io.BytesIO(one.said))
    except Refusal as refusal:
        return refusal.why


def faults(file: Hostile, one: Opened) -> list[str]:
    """What is not as it must be."""
    became = outcome(one)
    found: list[str] = []
    if one.exit_code not in ENDED:
        found.append(f"ended with {one.exit_code}")
    if one.megabytes > MEMORY_BYTES >> 20 or one.seconds > CPU_S + 1:
        found.append(f"took {one.megabytes} MB and {one.seconds} s")
    if isinstance(became, Reading):
        words = became.title + "".join(block.text for block in became.blocks)
        found += [what for what, there in (("secret", SECRET in words), ("unseen", UNSEEN.search(words))) if there]
    if file.why and became is not file.why:
        found.append(f"became {became}, not {file.why}"[:200])
    return found


@pytest.mark.timeout(600)  # a machine that is busy elsewhere; alone it takes some twenty seconds
def test_each_gets_a_code_or_a_harmless_reading(tmp_path: Path) -> None:
    files = all_of_them()
    assert len(files) >= 120
    results = opened(files, tmp_path, memory_bytes=MEMORY_BYTES, cpu_s=CPU_S)
    assert len(results) == len(files)
    told = {file.title: found for file, one in zip(files, results, strict=True) if (found := faults(file, one))}
    assert told == {}


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.pdf", "pdf"),
        ("a.PDF", "pdf"),
        ("책.hwp", "hwp"),
        ("a.tar.gz", "gz"),
        ("pdf", ""),
        (".", ""),
        ("a.p\0df", ""),
        ("a.../../etc", ""),
        ("\u202efdp.txt", "txt"),
        ("a." + "x" * 50, ""),
        ("a.-rf", ""),
        ("a.한글", ""),
    ],
)
def test_of_a_name_only_a_plain_ending_goes_on(name: str, ending: str) -> None:
    assert ending_of(name) == ending
