"""Who is spoken to, in Korean and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.mentions import Speaker, mentions, next_speakers

EMBER = Speaker(uuid="1", names=("불씨", "Ember"))
OWL = Speaker(uuid="2", names=("부엉이", "Owl"))


@pytest.mark.parametrize(
    "text",
    [
        "@불씨",
        "@불씨 안녕",
        "@불씨야, 뭐 해?",
        "안녕 @불씨!",
        "@불씨한테 물어봐",
        "(@불씨)",
        "@불씨는 어때?",
        "@불씨\n안녕",
    ],
)
def test_a_korean_name_is_heard_with_its_particle(text: str) -> None:
    assert mentions(text, "불씨")


@pytest.mark.parametrize("text", ["불씨야", "@불씨앗", "@불 씨", "a@불씨", "@@불씨", "`@불씨`", "```\n@불씨"])
def test_a_korean_name_is_not_heard_where_it_is_not_called(text: str) -> None:
    assert not mentions(text, "불씨")


@pytest.mark.parametrize("text", ["@ember", "@EMBER hi", "hey @Ember, hi", "@ember야", "@ember.", "`code` @ember"])
def test_an_english_name_is_heard_in_any_case(text: str) -> None:
    assert mentions(text, "Ember")


@pytest.mark.parametrize("text", ["ember", "@embers", "@ember2", "@ember_x", "me@ember.example", "`@ember`"])
def test_an_english_name_ends_where_its_letters_end(text: str) -> None:
    assert not mentions(text, "Ember")


def test_a_name_is_no_pattern() -> None:
    assert mentions("@a.b hi", "a.b")
    assert not mentions("@axb hi", "a.b")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("안녕", []),
        ("@Owl @ember", [EMBER, OWL]),
        ("@부엉이야 안녕", [OWL]),
        ("@불씨 @ember @불씨", [EMBER]),
    ],
)
def test_speakers_answer_once_in_the_order_they_sit(text: str, called: list[Speaker]) -> None:
    assert next_speakers(text, [EMBER, OWL]) == called


@given(st.text(alphabet="@`불씨야한 ember\n", max_size=400))
def test_any_text_is_read_and_code_never_calls(text: str) -> None:
    next_speakers(text, [EMBER, OWL])
    assert not mentions(f"```\n{text.replace('`', '')}\n```", "불씨")
