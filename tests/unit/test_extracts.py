"""Sentences that answer: chosen, refused, and found again in their passage; and who is asked about documents at all."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hearth_reflex.domain.extracts import Extract, likeliest, pick, sentences, stretch
from hearth_reflex.domain.lookups import asks_documents, asks_persona, is_said_already, without_calls
from hearth_reflex.domain.wording import SENTENCE_MAX, said, share, spans, strange_numbers

RULES = (
    "환불 규정\n상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다. 배송비는 3,000원이며 고객이 부담합니다. "
    "훼손된 상품은 환불되지 않습니다.\n문의: 1588-0000"
)
TERMS = (
    "Refunds are possible within seven days of delivery. Shipping costs 3,000 won and is paid by the customer. "
    "Our office is in Busan, next to the harbour."
)


def answer(question: str, text: str) -> list[Extract]:
    return pick(question, sentences(1, text, above="규정.pdf"))


def test_of_many_sentences_the_likeliest_are_compared() -> None:
    text = "\n".join([*(f"{at}번째 줄입니다." for at in range(40)), "배송비는 3,000원입니다."])
    found = sentences(1, text)
    assert likeliest("배송비는 얼마예요?", found)[0] == found[-1]


def test_what_was_not_compared_stands_beside_it_by_half() -> None:
    near, far = sentences(1, "배송비는 3,000원입니다. 참고로 배송비는 창구에서 냅니다.")
    assert [one.text for one in pick("배송비는 얼마예요?", [replace(near, near=0.92), far])] == [near.text]
    assert [one.score for one in pick("배송비는 얼마예요?", [near, far])] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("question", "text", "gold"),
    [
        ("배송비는 얼마예요?", RULES, "3,000원"),
        ("환불은 며칠 안에 신청할 수 있어?", RULES, "7일"),
        ("훼손된 상품도 환불돼?", RULES, "훼손된"),
        ("How much does shipping cost?", TERMS, "3,000 won"),
        ("Where is the office?", TERMS, "Busan"),
        ("Within how many days are refunds possible?", TERMS, "seven days"),
    ],
)
def test_the_sentence_that_answers(question: str, text: str, gold: str) -> None:
    best = max(answer(question, text), key=lambda one: one.score)
    assert gold in best.text
    assert text[best.start : best.end] == best.text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("대표 이사는 누구야?", RULES),
        ("주차장은 몇 층에 있어?", RULES),
        ("적립금은 어떻게 써?", RULES),
        ("Who founded the company?", TERMS),
        ("Is there a warranty for batteries?", TERMS),
        ("What colour is the logo?", TERMS),
    ],
)
def test_what_is_not_there_is_refused(question: str, text: str) -> None:
    assert answer(question, text) == []


def test_meaning_counts_where_it_is_known() -> None:
    english = sentences(1, TERMS)
    near = [replace(one, near=0.95 - 0.2 * at) for at, one in enumerate(english)]
    assert pick("며칠 안에 돌려줄 수 있어?", english) == []
    (found,) = pick("며칠 안에 돌려줄 수 있어?", near)
    assert "seven days" in found.text


def test_the_same_is_quoted_once() -> None:
    twice = [*sentences(1, RULES), *sentences(2, RULES)]
    assert len(pick("배송비는 얼마예요?", twice)) == 1


def test_where_a_passage_says_it() -> None:
    start, end = stretch(RULES, ["배송비는 3,000원이고 고객이 냅니다."])
    assert RULES[start:end] == "배송비는 3,000원이며 고객이 부담합니다."
    assert stretch(RULES, ["nothing of the kind"]) == (0, len(RULES))


def test_sentences_cover_a_text_in_order() -> None:
    long = "가나 " * 400 + "\n" + RULES
    places = spans(long)
    assert all(end - start <= SENTENCE_MAX for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert "".join(long.split()) == "".join("".join(long[a:b].split()) for a, b in places)


def test_words_in_common() -> None:
    assert share(said("환불을 신청할 수 있다"), said(RULES)) == 1.0
    assert share(said("refund was possible"), said(TERMS)) > 0.5
    assert share(said("주차장 요금"), said(RULES)) == 0.0
    assert strange_numbers(said("환불은 90일 안에"), [said(RULES)]) == ["90"]
    assert strange_numbers(said("배송비는 3000원"), [said(RULES)]) == []


@pytest.mark.parametrize(
    "question",
    [
        "문서에 환불 규정이 뭐라고 되어 있어?", "보고서에서 3분기 매출은 얼마야?", "약관에 따르면 며칠이야?",
        "계약서 찾아줘", "사진에 뭐라고 적혀 있어?", "올린 파일 요약해 줘", "이용약관 7조가 뭐야?",
        "What does the report say about churn?",
        "According to the manual, how long is the warranty?", "What is the total in the attached spreadsheet?",
        "Can you summarize the document?",
    ],
)  # fmt: skip
def test_who_asks_what_a_document_says(question: str) -> None:
    assert asks_documents(question, ["이용약관.pdf"])


@pytest.mark.parametrize(
    "question",
    [
        "안녕", "보고서 쓰는 법 알려줘", "오늘 날씨 어때?", "어제 문서 작성하느라 힘들었어", "고마워!", "너는 누구야?",
        "How do I write a report?", "Tell me a story", "I sent the report yesterday.", "사진 찍는 거 좋아해?",
    ],
)  # fmt: skip
def test_who_asks_something_else(question: str) -> None:
    assert not asks_documents(question, ["이용약관.pdf"])


def test_what_the_talk_has_said() -> None:
    talk = ["준: 회의는 금요일 오후 세 시에 시작해", "그래 알았어"]
    assert is_said_already("회의 언제 시작해?", talk)
    assert not is_said_already("환불은 며칠 안에 돼?", talk)
    assert asks_persona("넌 이름이 뭐야?")
    assert not asks_persona("환불은 며칠 안에 돼?")
    assert without_calls("@불씨 환불은? @불씨, 배송은?") == "환불은? 배송은?"
