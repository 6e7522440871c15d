"""Cells and prefixes against plain models of them: nothing counted twice, nothing lost, the best one found."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_reflex.llm.cells import Ledger
from hearth_reflex.llm.prefixes import BLOCK, PrefixIndex, marks_of, shared_length

SEQUENCES = 4
_steps = st.lists(
    st.tuples(
        st.sampled_from(["extend", "cut", "copy"]),
        st.integers(0, SEQUENCES - 1),
        st.integers(0, SEQUENCES - 1),
        st.integers(0, 12),
    ),
    max_size=40,
)


@given(_steps)
def test_the_ledger_counts_each_cell_once(steps: list[tuple[str, int, int, int]]) -> None:
    ledger = Ledger(SEQUENCES, 1000)
    held: list[list[object]] = [[] for _ in range(SEQUENCES)]  # the model: a cell is an object
    for verb, one, other, count in steps:
        if verb == "extend":
            ledger.extend(one, count)
            held[one] += [object() for _ in range(count)]
        elif verb == "cut":
            ledger.cut(one, count)
            del held[one][count:]
        elif one != other:
            ledger.cut(other, 0)
            ledger.copy(one, other, count)
            held[other] = held[one][:count]
        assert ledger.used == len({id(cell) for cells in held for cell in cells})
        assert [ledger.length(sequence) for sequence in range(SEQUENCES)] == [len(cells) for cells in held]
    for sequence, cells in enumerate(held):
        others = {id(cell) for at, row in enumerate(held) if at != sequence for cell in row}
        assert ledger.own(sequence) == sum(id(cell) not in others for cell in cells)


_tokens = st.lists(st.integers(0, 2), max_size=3 * BLOCK)


@given(_tokens, _tokens)
def test_shared_length(first: list[int], second: list[int]) -> None:
    plain = next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    assert shared_length(first, second) == (min(len(first), len(second)) if plain is None else plain)


@settings(max_examples=200)
@given(st.integers(0, 200), st.lists(st.integers(0, 200), max_size=6), st.integers(1, 3))
def test_the_index_finds_who_shares_the_most_blocks(length: int, cuts: list[int], salt: int) -> None:
    prompt = [(n * 7 + salt) % 50 for n in range(length)]
    index, known = PrefixIndex[int](), dict[int, list[int]]()
    for owner, cut in enumerate(cuts):
        known[owner] = prompt[:cut] + [99] * 40
        index.put(owner, known[owner])
    blocks = {owner: shared_length(tokens, prompt) // BLOCK for owner, tokens in known.items()}
    most = max(blocks.values(), default=0)
    assert index.best(prompt) == ({owner for owner, count in blocks.items() if count == most} if most else set())


def test_an_owner_that_holds_something_else_now_is_not_found_by_the_old() -> None:
    index = PrefixIndex[str]()
    index.put("a", list(range(100)))
    index.put("a", list(range(500, 600)))
    assert index.best(list(range(100))) == set()
    index.drop("a")
    assert index.best(list(range(500, 600))) == set()


def test_a_mark_says_the_whole_beginning() -> None:
    same, other = list(range(BLOCK * 3)), [7, *range(1, BLOCK * 3)]
    assert not set(marks_of(same)) & set(marks_of(other))
