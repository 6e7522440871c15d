"""Which way a question's vector points when what all questions share is taken off it, and when it is put in the other
language. Vectors in, vectors out; knows no model: it learns its way from twenty questions in two languages.

Models of meaning put all texts of a language into a narrow cone, those of another language into a cone beside it, so
that whatever stands in the question's language is nearer than what answers it in the other one. The difference of the
means of the same questions in two languages is the way from one cone to the other; most of the mean of both says
nothing of a question at all. Method: the common mean, J. Mu, P. Viswanath, "All-but-the-Top", ICLR 2018; the shift
between languages, J. Libovicky, R. Rosa, A. Fraser, "On the Language Neutrality of Pre-trained Multilingual
Representations", EMNLP Findings 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot

_SHARED = 0.8  # of the mean of both languages that is taken off: what is left of it keeps short questions apart

KOREAN = (
    "내일 비가 오면 어떻게 하지?",
    "그 책은 누가 빌려 갔나요?",
    "역까지 걸어서 얼마나 걸려?",
    "생일 선물로 무엇을 사면 좋을까?",
    "문이 잠겼을 때는 어떻게 열어?",
    "다음 모임은 몇 시에 시작해?",
    "이 약은 하루에 몇 번 먹어야 하나요?",
    "아이들은 왜 늦게 왔지?",
    "작년 여름에 어디로 갔었어?",
    "컴퓨터가 켜지지 않으면 무엇을 확인해야 해?",
    "국에는 소금을 얼마나 넣어?",
    "회의에서 무엇을 결정했지?",
    "방값은 한 달에 얼마야?",
    "사진은 어디에 보관되어 있나요?",
    "할아버지는 어느 도시에서 태어나셨어?",
    "나무는 언제 심는 것이 좋을까?",
    "시험을 보려면 무엇을 가져가야 해?",
    "전화를 안 받으면 누구에게 연락하나요?",
    "그 노래를 만든 사람은 누구야?",
    "물건을 돌려주려면 어떻게 해야 하나요?",
)
ENGLISH = (
    "What do we do if it rains tomorrow?",
    "Who borrowed that book?",
    "How long does it take to walk to the station?",
    "What would be a good birthday present?",
    "How do I open the door when it is locked?",
    "What time does the next meeting begin?",
    "How many times a day must this medicine be taken?",
    "Why did the children come late?",
    "Where did we go last summer?",
    "What should I check if the computer does not start?",
    "How much salt goes into the soup?",
    "What was decided at the meeting?",
    "How much is the room a month?",
    "Where are the photos kept?",
    "In which city was grandfather born?",
    "When is it best to plant a tree?",
    "What do I have to bring to the exam?",
    "Whom do I contact if nobody answers the phone?",
    "Who wrote that song?",
    "What must I do to return something?",
)

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Compass:
    """Means of the reference questions in Korean and in English, as one model sees them.

    Attributes:
        strangers: the cosine that one of them has to another of its language, which asks something else.
    """

    korean: tuple[float, ...]
    english: tuple[float, ...]
    strangers: float

    @classmethod
    def of(cls, korean: Sequence[Vector], english: Sequence[Vector]) -> "Compass":
        bare = cls(_mean(korean), _mean(english), 0.0)
        return replace(bare, strangers=(bare._between(korean) + bare._between(english)) / 2)

    def own(self, vector: Vector) -> list[float]:
        """The question without most of what all questions share; of length 1."""
        means = zip(vector, self.korean, self.english, strict=True)
        return _unit([number - _SHARED * (ko + en) / 2 for number, ko, en in means])

    def across(self, vector: Vector, *, hangul: float) -> list[float]:
        """The same, as if it had been asked in English, or in Korean when it is not Korean now."""
        way = 1.0 if hangul > 0.5 else -1.0
        turned = [number + way * (en - ko) for number, ko, en in zip(vector, self.korean, self.english, strict=True)]
        return self.own(turned)

    def _between(self, vectors: Sequence[Vector]) -> float:
        """The mean cosine of each, as it is asked, to each other one: that of all pairs without those with itself."""
        asked = [self.own(vector) for vector in vectors]
        pairs = _product(_mean(asked), _mean(vectors)) * len(vectors) ** 2
        itself = sum(_product(one, vector) for one, vector in zip(asked, vectors, strict=True))
        return (pairs - itself) / max(1, len(vectors) * (len(vectors) - 1))


def _product(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _mean(vectors: Sequence[Vector]) -> tuple[float, ...]:
    return tuple(sum(numbers) / len(vectors) for numbers in zip(*vectors, strict=True))


def _unit(vector: Vector) -> list[float]:
    length = hypot(*vector)
    return [number / length for number in vector] if length else list(vector)
