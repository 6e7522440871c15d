"""What the engines are asked to read and to say: the same for all of them, and nothing of it asked twice.

Every prompt begins with a number of its own, so that no engine has any of it in memory already; the talks and personas
of which an engine is to keep something are made from a name instead. Ends are forbidden by a bias, so that every reply
has as many tokens as it was asked for, whatever the model would rather do.
"""

import itertools
import random
from pathlib import Path

from gguf import GGUFReader

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Sampling

_CONTROL = 3  # GGUF's word for tokens that are marks
_MOST_MARKS = 200
_NEVER = -100.0
_TALE = """
the fire was low and we sat near it while rain fell on the roof and someone told about a boat that went out one night to
look for light over dark water people said it came back with stones from far land each stone had a name and when you
held it you could hear who spoke there long before now our room is small but all who come in find place bread milk and
time to rest
"""
_WORDS = _TALE.split()
_numbers = itertools.count(1)

Bias = tuple[tuple[int, float], ...]


def marks_forbidden(model: Path) -> Bias:
    """A bias against every mark of a model's vocabulary: with it a reply goes on until it has its tokens."""
    types = GGUFReader(model).fields["tokenizer.ggml.token_type"].contents()
    marks = [token for token, kind in enumerate(types) if kind == _CONTROL]
    return tuple((token, _NEVER) for token in marks[:_MOST_MARKS])


def greedy(tokens: int, bias: Bias = ()) -> Sampling:
    return Sampling(max_tokens=tokens, temperature=0, repeat_penalty=1, logit_bias=bias)


def fresh_prompts(count: int, *, words: int, tokens: int, bias: Bias) -> list[ChatRequest]:
    """Requests that no engine has seen the beginning of. Of about `words` tokens each."""
    return [_fresh(next(_numbers), words=words, tokens=tokens, bias=bias) for _ in range(count)]


def _fresh(number: int, *, words: int, tokens: int, bias: Bias) -> ChatRequest:
    head = f"{number} is the number of this talk. {prose(str(number), words)}"
    turns = (ChatTurn("system", head), ChatTurn("user", "Go on with the tale, and take your time."))
    return ChatRequest(turns, greedy(tokens, bias), affinity=f"room {number}", asker=f"guest {number}")


def persona(name: str, *, words: int) -> ChatTurn:
    """The head of a room's prompts. Another name is another head, from its first words on."""
    return ChatTurn("system", f"{name} is who you are. {prose(name, words)}")


def talk(name: str, *, turns: int, words: int) -> tuple[ChatTurn, ...]:
    """A talk so far: somebody's turn and an answer, `turns` times, of about `words` tokens each."""
    return tuple(
        ChatTurn("user" if number % 2 == 0 else "assistant", prose(f"{name} {number}", words))
        for number in range(turns * 2)
    )


def prose(name: str, words: int) -> str:
    """Words that mean little, the same each time for a name; nearly a token each."""
    draw = random.Random(name)
    return " ".join(draw.choice(_WORDS) for _ in range(words)) + "."
