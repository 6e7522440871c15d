"""Who is spoken to, in Korean and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.mentions import CALLS_MAX, Speaker, mentions, names_called, next_speakers, people_called
from hearth_reflex.domain.text import name_key

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


SEATED = {name_key(name): name for name in ("미나", "준", "Anna", "Anna Lee", "Мира", "준이")}


def called(text: str) -> list[str]:
    """Who is called, as the house finds it: the text says which names could be there, and those are looked up."""
    wanted = names_called(text)
    return [SEATED[key] for key in people_called(text, {key: SEATED[key] for key in wanted & SEATED.keys()})]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@미나 안녕", ["미나"]),
        ("@미나야, @준아!", ["미나", "준"]),
        ("@미나한테 물어봐", ["미나"]),
        ("@준이가 왔다", ["준이"]),
        ("@준이 왔다", ["준이"]),
        ("@준은 왔다", ["준"]),
        ("@anna hi", ["Anna"]),
        ("@ANNA LEE, hi", ["Anna Lee"]),
        ("@AnnaLee", ["Anna Lee"]),
        ("@Anna and @anna lee and @anna", ["Anna", "Anna Lee"]),
        ("@Anna\nLee", ["Anna"]),
        ("@\uff21\uff2e\uff2e\uff21", ["Anna"]),  # full-width letters
        ("@Аnnа", ["Anna"]),  # two of them Cyrillic
        ("@Мира привет", ["Мира"]),
        ("(@미나)", ["미나"]),
        ("미나, 준", []),
        ("@미나리 무침", []),
        ("@annabel", []),
        ("me@anna.example", []),
        ("@@미나", []),
        ("@ 미나", []),
        ("`@미나`", []),
        ("```\n@미나\n```\n@준", ["준"]),
        ("@나그네", []),
        ("@준 이거 봐", ["준"]),  # a name with no space in it is not found across one
    ],
)
def test_people_are_called_by_their_names(text: str, who: list[str]) -> None:
    assert called(text) == who


def test_a_message_full_of_calls_is_bounded() -> None:
    assert len(names_called("@x " * 10_000)) < 30
    assert len({name for n in range(1000) for name in names_called(f"@p{n} " * 3)}) > 1000
    assert len(names_called(" ".join(f"@{n:020d}" for n in range(400)))) <= CALLS_MAX * 24


@given(st.text(alphabet="@`미나야준 anLe\n", max_size=300))
def test_any_text_can_be_looked_through_for_people(text: str) -> None:
    assert set(called(text)) <= set(SEATED.values())
    assert called(f"```\n{text.replace('`', '')}\n```") == []
