"""How the next token is drawn: llama.cpp's samplers in a chain, one chain a reply.

Knows nothing of chats and text. A grammar stands before everything that drops candidates, and is asked first whether it
allows anything at all: drawing a token that it does not allow would end the process. So would a grammar that is nested
too deeply, and one with many things that may be left out takes minutes a token: both are refused by their looks.
"""

import ctypes
import re
from array import array
from collections.abc import Sequence
from typing import Any

import llama_cpp as lib
from llama_cpp.llama_grammar import json_schema_to_gbnf

from hearth_reflex.domain.generation import Sampling
from hearth_reflex.errors import GrammarError
from hearth_reflex.llm.llama import Context, Model, failed

_PENALTY_WINDOW = 64
_LONGEST_GRAMMAR = 50_000
_DEEPEST, _MOST_OPEN, _MOST_REPEATED = 200, 80, 20_000
_WORDS = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*', re.DOTALL)
_REPEATED = re.compile(r"\{\s*(\d*)\s*,?\s*(\d*)\s*\}")


class Sampler:
    """A chain of samplers for one reply; `sampling` must be clamped. Raises GrammarError."""

    def __init__(self, model: Model, sampling: Sampling, *, seed: int) -> None:
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        self._penalties: Any = None
        self._grammar: Any = None
        self._probe: Any = None
        try:
            self._build(model, sampling, seed)
        except GrammarError:
            self.close()
            raise

    def sample(self, context: Context, row: int) -> int | None:
        """Draw a token from the logits of the batch's `row`, and count it as said; None: the grammar allows none."""
        if self._grammar is None:
            return lib.llama_sampler_sample(self._chain, context.handle, row)
        weighed = self._rows.weighed(lib.llama_get_logits_ith(context.handle, row))
        candidates: Any = ctypes.byref(weighed)
        for link in (self._grammar, self._probe):
            lib.llama_sampler_apply(link, candidates)
        if weighed.data[weighed.selected].logit == float("-inf"):
            return None
        lib.llama_sampler_apply(self._chain, candidates)
        token = int(weighed.data[weighed.selected].id)
        for link in (self._grammar, self._chain):
            lib.llama_sampler_accept(link, token)
        return token

    def accept(self, tokens: Sequence[int]) -> None:
        """Count tokens as already said, for the repeat penalty; a grammar begins where the model does."""
        if self._penalties is not None:
            words = [token for token in tokens if token >= 0]  # below stand pictures
            for token in words[-_PENALTY_WINDOW:]:
                lib.llama_sampler_accept(self._penalties, token)

    def close(self) -> None:
        for link in (self._chain, self._grammar, self._probe):
            if link is not None:
                lib.llama_sampler_free(link)

    def _build(self, model: Model, sampling: Sampling, seed: int) -> None:
        if sampling.logit_bias:
            self._add(_bias(model, sampling))
        if grammar := grammar_of(sampling):
            self._grammar, self._probe = _grammar(model, grammar), lib.llama_sampler_init_greedy()
            self._rows = _Rows(model.vocab_size)
        if sampling.repeat_penalty != 1.0:
            window = _PENALTY_WINDOW
            self._penalties = self._add(
                lib.llama_sampler_init_penalties(model.vocab_size, window, sampling.repeat_penalty, 0.0, 0.0)
            )
        if sampling.temperature <= 0:
            self._add(lib.llama_sampler_init_greedy())
            return
        self._add(lib.llama_sampler_init_top_k(sampling.top_k))
        self._add(lib.llama_sampler_init_top_p(sampling.top_p, 1))
        self._add(lib.llama_sampler_init_min_p(sampling.min_p, 1))
        self._add(lib.llama_sampler_init_temp(sampling.temperature))
        self._add(lib.llama_sampler_init_dist(seed))

    def _add(self, link: Any) -> Any:
        lib.llama_sampler_chain_add(self._chain, link)
        return link


class _Rows:
    """A row for each token of a vocabulary: number, logit, chance. Filled as a line of numbers, without a loop."""

    def __init__(self, size: int) -> None:
        self._size, self._numbers = size, memoryview(array("i", range(size)))
        memory = bytearray(size * ctypes.sizeof(lib.llama_token_data))
        self._entries = (lib.llama_token_data * size).from_buffer(memory)
        self._as_numbers, self._as_logits = memoryview(memory).cast("i")[0::3], memoryview(memory).cast("f")[1::3]

    def weighed(self, logits: Any) -> Any:
        """The whole vocabulary anew: samplers put the rows into an order of their own."""
        self._as_numbers[:] = self._numbers
        self._as_logits[:] = memoryview(ctypes.string_at(logits, 4 * self._size)).cast("f")
        return lib.llama_token_data_array(self._entries, self._size, -1, False)


def grammar_of(sampling: Sampling) -> str:
    """The GBNF that an answer is to follow, "" for none. Raises GrammarError for a schema that makes no sense."""
    if not sampling.json_schema:
        return sampling.grammar
    try:
        return json_schema_to_gbnf(sampling.json_schema)
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise GrammarError from error


def check_grammar(model: Model, sampling: Sampling) -> None:
    """Raises GrammarError before anybody waits for an answer that could not be written."""
    if grammar := grammar_of(sampling):
        lib.llama_sampler_free(_grammar(model, grammar))


def _grammar(model: Model, text: str) -> Any:
    if len(text) > _LONGEST_GRAMMAR or _is_monstrous(text):
        raise GrammarError
    link = lib.llama_sampler_init_grammar(model.vocab, text.encode("utf-8", "replace"), b"root")
    if not link:
        raise failed("grammar", GrammarError)
    return link


def _is_monstrous(text: str) -> bool:
    """Whether a grammar would cost the process its stack, its memory or its time."""
    signs = _WORDS.sub(" ", text)
    depth = deepest = 0
    for sign in signs:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    counts = [max(int(number or 0) for number in found) for found in _REPEATED.findall(signs)]
    still_open = signs.count("?") + signs.count("*")
    return deepest > _DEEPEST or still_open > _MOST_OPEN or sum(counts) > _MOST_REPEATED


def _bias(model: Model, sampling: Sampling) -> Any:
    known = [(token, bias) for token, bias in sampling.logit_bias if 0 <= token < model.vocab_size]
    entries = (lib.llama_logit_bias * len(known))(*known)
    return lib.llama_sampler_init_logit_bias(model.vocab_size, len(known), entries)
