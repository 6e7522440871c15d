"""How the next token is drawn: llama.cpp's samplers in a chain, one chain a reply.

Knows nothing of chats and text. A grammar stands before everything that drops candidates: a token that it allows must
still be there to be drawn, because drawing one that it does not allow would end the process.
"""

from collections.abc import Sequence
from typing import Any

import llama_cpp as lib
from llama_cpp.llama_grammar import json_schema_to_gbnf

from hearth_reflex.domain.generation import Sampling
from hearth_reflex.errors import GrammarError
from hearth_reflex.llm.llama import Context, Model, failed

_PENALTY_WINDOW = 64
_LONGEST_GRAMMAR = 50_000


class Sampler:
    """A chain of samplers for one reply; `sampling` must be clamped. Raises GrammarError."""

    def __init__(self, model: Model, sampling: Sampling, *, seed: int) -> None:
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        self._penalties: Any = None
        try:
            self._build(model, sampling, seed)
        except GrammarError:
            self.close()
            raise

    def sample(self, context: Context, row: int) -> int:
        """Draw a token from the logits of the batch's `row`, and count it as said."""
        return lib.llama_sampler_sample(self._chain, context.handle, row)

    def accept(self, tokens: Sequence[int]) -> None:
        """Count tokens as already said, for the repeat penalty; a grammar begins where the model does."""
        if self._penalties is not None:
            words = [token for token in tokens if token >= 0]  # below stand pictures
            for token in words[-_PENALTY_WINDOW:]:
                lib.llama_sampler_accept(self._penalties, token)

    def close(self) -> None:
        lib.llama_sampler_free(self._chain)

    def _build(self, model: Model, sampling: Sampling, seed: int) -> None:
        if sampling.logit_bias:
            self._add(_bias(model, sampling))
        if grammar := grammar_of(sampling):
            self._add(_grammar(model, grammar))
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
    if len(text) > _LONGEST_GRAMMAR:
        raise GrammarError
    link = lib.llama_sampler_init_grammar(model.vocab, text.encode(), b"root")
    if not link:
        raise failed("grammar", GrammarError)
    return link


def _bias(model: Model, sampling: Sampling) -> Any:
    known = [(token, bias) for token, bias in sampling.logit_bias if 0 <= token < model.vocab_size]
    entries = (lib.llama_logit_bias * len(known))(*known)
    return lib.llama_sampler_init_logit_bias(model.vocab_size, len(known), entries)
