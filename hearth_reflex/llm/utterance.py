"""One reply being said: its script of tokens, what of it has been read, and the words that may be shown.

The *script* is the prompt and, behind it, every token said so far. What of it is not yet in the memory is read next,
be that the rest of a prompt or the one token said last; so a reply that had to give up its place goes on from its
script as if nothing had been.
"""

from itertools import takewhile

from hearth_reflex.domain.generation import Finished, FinishReason, Made, Piece
from hearth_reflex.llm.core import ChatModel, Prompt
from hearth_reflex.llm.figures import Figures
from hearth_reflex.llm.llama import Stretch
from hearth_reflex.llm.sampler import Sampler
from hearth_reflex.llm.slots import Slot
from hearth_reflex.llm.text import Speech


class Utterance:
    """Args:
    figures: begun when the request came.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, figures: Figures) -> None:
        self.prompt, self.figures = prompt, figures
        self.script = list(prompt.tokens)
        self.slot: Slot | None = None
        self.streams = 1
        self._model, self._closed, self._held = model, False, ""
        self._sampler = Sampler(model.model, prompt.sampling, seed=prompt.seed)
        self._speech = Speech((*prompt.sampling.stop, *model.template.stops))
        if prompt.continued:
            self._sampler.accept(prompt.tokens)

    @property
    def left(self) -> int:
        """Tokens of the script that are to be read before the next one can be drawn."""
        return len(self.script) - len(self.slot.tokens) if self.slot else len(self.script)

    @property
    def said(self) -> int:
        return len(self.script) - len(self.prompt.tokens)

    @property
    def reads(self) -> bool:
        """Whether it is still reading; else it says a token in each step."""
        return self.left > 1 or not self.said

    @property
    def most_more(self) -> int:
        """Tokens it may still say."""
        return self.prompt.most_tokens - self.said

    @property
    def looks(self) -> bool:
        """Whether a picture comes next, which is read in a step of its own."""
        return self.slot is not None and self.left > 0 and self.script[len(self.slot.tokens)] < 0

    def stretch(self, budget: int) -> Stretch:
        """What it reads in the next step, at most so many tokens, and up to the next picture."""
        assert self.slot is not None  # noqa: S101 - it has its turn
        start = len(self.slot.tokens)
        tokens = self.script[start : start + budget]
        if self.prompt.seen is not None:
            tokens = list(takewhile(lambda token: token >= 0, tokens))
        return Stretch(self.slot.sequence, start, tokens, speaks=start + len(tokens) == len(self.script))

    def draw(self, row: int) -> tuple[Piece | None, FinishReason | None]:
        """The next token, drawn from the logits of `row`: the words that are ready now, and whether it was the last."""
        token = self._sampler.sample(self._model.context, row)
        self.figures.prompt_read()
        if token is None or self._model.ended_by(token):
            return None, FinishReason.STOP
        self.script.append(token)
        self.figures.token_said()
        text = self._speech.feed(self._model.model.piece(token))
        piece = self._piece(text)
        if self._speech.stopped:
            return piece, FinishReason.STOP
        return piece, FinishReason.LENGTH if self.most_more <= 0 else None

    def finish(self, reason: FinishReason) -> list[Piece | Finished]:
        """Its last events. Frees what it held, but for its slot."""
        piece = self._piece(self._speech.finish(), last=True)
        self.close()
        made = Made(seed=self.prompt.seed, prompt=self.prompt.text, streams=self.streams)
        return [*([piece] if piece else []), Finished(reason, self.figures.usage(), made)]

    def _piece(self, text: str, *, last: bool = False) -> Piece | None:
        # A reply said alone may have to begin anew for somebody else's sake: nothing of it is shown before its end.
        if self.prompt.alone:
            self._held += text
            text, self._held = (self._held, "") if last else ("", self._held)
        return self.figures.piece(text) if text else None

    def close(self) -> None:
        """Free the sampler; once is enough."""
        if not self._closed:
            self._closed = True
            self._sampler.close()
