"""Pictures in a talk, from the request to the words, beside others who speak: a small random model that really sees."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, FinishReason, Sampling
from hearth_reflex.domain.pictures_told import MODEL_MAX, models_caption, question_of
from hearth_reflex.errors import PictureError, PromptTooLongError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.media.pictures import as_data_uri
from tests.adapters.hall import Hall
from tests.vision_model import Kind, write_vision_model

SAMPLING = Sampling(temperature=0, max_tokens=16, repeat_penalty=1.0)


def picture(colour: str) -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (120, 80), colour).save(drawn, "PNG")
    return as_data_uri(drawn.getvalue())


def asking(
    *images: str, words: str = "What do you see?", room: str = "r", tokens: int = 16, alone: bool = False
) -> ChatRequest:
    sampling = Sampling(temperature=0, max_tokens=tokens, repeat_penalty=1.0)
    head = ChatTurn("system", "You look at pictures and say in a few words what stands in them, kindly and in order.")
    return ChatRequest((head, ChatTurn("user", words, images)), sampling, affinity=room, asker=room, alone=alone)


@pytest.fixture(scope="module", params=["plain", "grid", "whole"])
def hall(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(f"seeing-{kind}")
    made = write_vision_model(folder, kind=kind)
    opened = Hall(EngineConfig(data_dir=folder, model_path=made.model, mmproj_path=made.projector, n_ctx=1024, n_seq=3))
    yield opened
    opened.close()


def test_what_is_said_hangs_on_the_picture(hall: Hall) -> None:
    red, again, blue = (hall.ask(asking(picture(c), alone=True)).whole() for c in ("red", "red", "blue"))
    assert red[0] == again[0]
    assert red[0] != blue[0]
    assert red[1].usage.prompt_tokens > hall.ask(asking()).whole()[1].usage.prompt_tokens


@pytest.mark.parametrize("count", [1, 4])
def test_pictures_beside_others_who_speak(hall: Hall, count: int) -> None:
    alone, _ = hall.ask(asking(words="Tell me more.", tokens=120, alone=True)).whole()
    beside = hall.ask(asking(words="Tell me more.", room="other", tokens=120))
    beside.wait_for_pieces(1)
    seeing = [
        hall.ask(asking(*[picture(c) for c in ("red", "green", "blue", "white")[:count]], room=f"s{n}"))
        for n in range(2)
    ]
    for one in seeing:
        assert one.whole()[1].usage.output_tokens > 0
    text, finished = beside.whole()
    assert finished.reason in (FinishReason.LENGTH, FinishReason.STOP)
    # Random weights have many near ties: how far the texts agree is not exact, but mixed ones would part at once.
    assert text[:10] == alone[:10]


def test_a_picture_seen_before_is_not_looked_at_again(hall: Hall) -> None:
    first = hall.ask(asking(picture("orange"), room="gallery", words="Well?")).whole()[1]
    second = hall.ask(asking(picture("orange"), room="gallery", words="Well, well?")).whole()[1]
    other = hall.ask(asking(picture("purple"), room="gallery", words="Well?")).whole()[1]
    assert second.usage.kept_tokens > other.usage.kept_tokens
    assert first.usage.prompt_tokens == other.usage.prompt_tokens


def test_what_it_says_of_a_picture_becomes_a_plain_caption(hall: Hall) -> None:
    said, finished = hall.ask(asking(picture("red"), words=question_of("ko"), tokens=40)).whole()
    assert finished.usage.output_tokens > 0
    # Random weights say anything: what is kept of it means nothing more on a page, or in a prompt, than its letters.
    kept = models_caption(f"**{said}** [x](https://example.org/{said[:5]}) @미나")
    assert kept
    assert len(kept) <= MODEL_MAX
    assert set("*_`#<>[]{}@|\n").isdisjoint(kept)
    assert "https:" not in kept


def test_stopping_while_it_looks(hall: Hall) -> None:
    asked = hall.ask(asking(*[picture(c) for c in ("red", "green", "blue", "white")], tokens=300))
    asked.wait_for_start()
    asked.cancel()
    assert asked.whole()[1].reason is FinishReason.CANCELLED
    assert hall.ask(asking(picture("red"))).whole()[1].usage.output_tokens > 0


@pytest.mark.parametrize(
    ("images", "code"),
    [
        (("https://example.org/cat.png",), "picture_bad"),
        (("file:///etc/passwd",), "picture_bad"),
        (("data:image/png;base64,AAAA",), "picture_bad"),
        (("data:text/html;base64,PGI+",), "picture_bad"),
        ((picture("red"),) * 5, "picture_many"),
    ],
)
def test_what_is_no_picture_is_refused(hall: Hall, images: tuple[str, ...], code: str) -> None:
    with pytest.raises(PictureError) as refused:
        hall.model.prepare(asking(*images))
    assert refused.value.code == code


def test_too_many_words_around_a_picture(hall: Hall) -> None:
    with pytest.raises(PromptTooLongError):
        hall.model.prepare(asking(picture("red"), words="warm " * 2000))


def test_a_model_without_eyes_says_so(tmp_path: Path) -> None:
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=512, n_seq=1))
    try:
        with pytest.raises(PictureError) as refused:
            hall.model.prepare(asking(picture("red")))
        assert refused.value.code == "picture_blind"
    finally:
        hall.close()
