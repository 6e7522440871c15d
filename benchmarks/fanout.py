"""How fast, how completely and how cheaply one answer's words reach everybody in a room.

A crowd of raw websockets sits in one room of the house and hears an answer at a set pace; then as large a crowd hears
the same bytes from a bare python-socketio server; in turns, so that both meet the same machine. The last line printed
is one JSON object. docs/benchmarks.md says how to read it.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Figures, percentile
from benchmarks.seed import Seeded
from benchmarks.servers import start_house, start_peer
from benchmarks.stages import HouseStage, PeerStage, Round, Stage
from benchmarks.timing import read_answers

WARM_UP_TOKENS = 10
MOST_TOKENS = 8192  # of an answer


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of both servers. `tokens` are those of one answer; each server gives `rounds` answers."""

    clients: int
    rate: float
    tokens: int
    rounds: int
    history: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures of the house in a young room, of the peer, and of the house in a room with a long history."""

    young: Figures
    peer: Figures
    long: Figures
    house_rounds: list[Round]
    peer_rounds: list[Round]


def main() -> int:
    load = _load(_parser())
    with tempfile.TemporaryDirectory(prefix="hearth-fanout-") as folder:
        line = summary(asyncio.run(measure(load, Path(folder))))
    for name, value in line.items():
        print(f"{name:>28}  {value}")
    print(json.dumps(line))
    return 0


async def measure(load: Load, folder: Path) -> Outcome:
    """Both servers up, all rounds, both down, figures."""
    servers = [start_house(folder, guests=load.clients, history=load.history)]
    try:
        servers[0].wait()
        servers.append(start_peer(folder))
        servers[1].wait()
        seeded = Seeded.read(folder / "seeded.json")
        house, peer = HouseStage(servers[0], seeded), PeerStage(servers[1], room=seeded.quiet_room)
        await play(load, seeded, house, peer)
    finally:
        for server in servers:
            server.end()
    return reckon(folder, house, peer)


async def play(load: Load, seeded: Seeded, house: HouseStage, peer: PeerStage) -> None:
    """A warm-up each, then their rounds in turns; at last the house once more, in the room with the history."""
    await house.come_in()
    await house.enter(seeded.quiet_room)
    await peer.come_in(load.clients)
    for tokens in [WARM_UP_TOKENS] + [load.tokens] * load.rounds:
        await _alone(house, peer, tokens=tokens, rate=load.rate)
        await _alone(peer, house, tokens=tokens, rate=load.rate)
    await house.enter(seeded.long_room)
    await _alone(house, peer, tokens=load.tokens, rate=load.rate)
    await house.leave()
    await peer.leave()


async def _alone(stage: Stage, other: Stage, *, tokens: int, rate: float) -> None:
    """One answer while the other server stands still."""
    print(f"{type(stage).__name__}: {tokens} tokens at {rate:g} a second", file=sys.stderr)
    other.server.pause()
    try:
        await stage.hear(tokens=tokens, rate=rate)
    finally:
        other.server.resume()


def reckon(folder: Path, house: HouseStage, peer: PeerStage) -> Outcome:
    """Holds what was heard against what the servers wrote down at their end."""
    told, compared = read_answers(folder / "house.json"), read_answers(folder / "peer.json")
    house.figures(house.rounds[:1], told[:1])  # the views grow through the warm-up; its figures are nobody's
    return Outcome(
        young=house.figures(house.rounds[1:-1], told[1:-1]),
        peer=peer.figures(peer.rounds[1:], compared[1:]),
        long=house.figures(house.rounds[-1:], told[-1:]),
        house_rounds=house.rounds[1:-1],
        peer_rounds=peer.rounds[1:],
    )


def summary(outcome: Outcome) -> dict[str, float]:
    """The figures of the last line. Those behind `server_cpu_s` are for whoever wonders about the others."""
    young, peer, long = outcome.young, outcome.peer, outcome.long
    p99, peer_p99 = percentile(young.told_ms, 99), percentile(peer.told_ms, 99)
    rounds = [*outcome.house_rounds, *outcome.peer_rounds]
    return {
        "p50_ms": round(percentile(young.told_ms, 50), 2),
        "p99_ms": round(p99, 2),
        "peer_p99_ms": round(peer_p99, 2),
        "ratio_p99": round(p99 / peer_p99, 2),
        "delivered": young.delivered,
        "lost": young.lost,
        "bytes_per_token_empty": young.bytes_per_token,
        "bytes_per_token_10k": long.bytes_per_token,
        "server_cpu_s": round(sum(told.cpu_s for told in outcome.house_rounds), 2),
        "peer_p50_ms": round(percentile(peer.told_ms, 50), 2),
        "peer_lost": peer.lost,
        "peer_cpu_s": round(sum(told.cpu_s for told in outcome.peer_rounds), 2),
        "server_waited_s": round(sum(told.waited_s for told in outcome.house_rounds), 2),
        "peer_waited_s": round(sum(told.waited_s for told in outcome.peer_rounds), 2),
        "peer_bytes_per_token": peer.bytes_per_token,
        "p50_from_engine_ms": round(percentile(young.made_ms, 50), 2),
        "p99_from_engine_ms": round(percentile(young.made_ms, 99), 2),
        "p99_10k_ms": round(percentile(long.told_ms, 99), 2),
        "lost_10k": long.lost,
        "bytes_per_token_with_rows": young.bytes_per_token_in_all,
        "client_core_share": round(max(told.client_share for told in rounds), 2),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=100, help="people in the room")
    parser.add_argument("--rate", type=float, default=10, help="tokens a second")
    parser.add_argument("--seconds", type=float, default=20, help="time measured for each server, over all rounds")
    parser.add_argument("--rounds", type=int, default=4, help="answers of each server, in turns")
    parser.add_argument("--history", type=int, default=10_000, help="messages in the room with a history")
    return parser


def _load(parser: argparse.ArgumentParser) -> Load:
    given = parser.parse_args()
    tokens = round(given.rate * given.seconds / max(1, given.rounds))
    if given.clients < 1 or given.rounds < 1 or given.history < 0 or not 1 <= tokens <= MOST_TOKENS:
        parser.error(f"at least one client and one round, and 1 to {MOST_TOKENS} tokens an answer")
    return Load(given.clients, given.rate, tokens=tokens, rounds=given.rounds, history=given.history)


if __name__ == "__main__":
    raise SystemExit(main())
