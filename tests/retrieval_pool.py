"""Passages that are near to those of `retrieval_set.jsonl` and answer none of its questions: the same matters of a
family and a team, in the same words, with other facts. Put together from parts; the project's own.
"""

import random
import re
from collections.abc import Iterator
from itertools import islice

_BEHIND_TAIL = {"가": "이", "를": "을", "와": "과", "는": "은"}
_PARTICLE = re.compile(r"([가-힣])\[([가를와는])\]")
_SLOTS = {
    "ko": {
        "who": "민서, 유진, 지훈, 은수, 경아, 현수, 태오, 소라, 할머니, 이모, 고모, 삼촌, 사촌형, 막내, 큰딸",
        "day": "월요일, 화요일, 수요일, 목요일, 금요일, 토요일, 일요일",
        "month": "1월, 2월, 3월, 4월, 5월, 6월, 7월, 8월, 9월, 10월, 11월, 12월",
        "hour": "아침 일곱 시, 오전 열한 시, 낮 열두 시 반, 오후 세 시, 저녁 여섯 시 반, 밤 여덟 시, 새벽 다섯 시",
        "won": "만이천, 삼만오천, 사만팔천, 칠만, 구만육천, 십삼만, 이십일만, 사십오만",
        "n": "두, 세, 네, 다섯, 여섯, 일곱, 여덟, 아홉, 열두, 열여섯",
        "dish": "김치찌개, 미역국, 잡채, 갈비찜, 불고기, 떡볶이, 감자조림, 호박죽, 비빔국수, 오이무침, 닭볶음탕",
        "food": "무, 당근, 버섯, 두부, 시금치, 대파, 마늘, 고추장, 참기름, 들깨, 애호박, 양파",
        "thing": "보일러, 공유기, 세탁기, 냉장고, 정수기, 에어컨, 청소기, 밥솥, 가습기, 제습기, 오븐, 선풍기",
        "part": "필터, 호스, 뚜껑, 전원선, 고무패킹, 받침대, 버튼, 센서, 손잡이, 물통",
        "place": "부산, 강릉, 전주, 여수, 경주, 속초, 통영, 춘천, 남해, 단양, 목포, 안동",
        "school": "체육대회, 학예회, 현장학습, 급식, 방과후수업, 상담, 수학시험, 독후감, 과학숙제, 졸업사진, 입학식",
        "bill": "전기, 수도, 가스, 통신, 관리비, 보험료, 학원비, 주차료, 카드, 적십자회비",
        "work": "예산, 채용, 배송, 포장, 홍보, 고객응대, 재고, 홈페이지, 교육, 계약, 보안, 출장",
        "animal": "고양이, 강아지, 햄스터, 토끼, 앵무새, 거북이, 금붕어",
        "plant": "상추, 고추, 오이, 가지, 딸기, 감자, 고구마, 방울토마토, 깻잎, 수박",
        "body": "허리, 무릎, 어깨, 눈, 귀, 이, 위, 손목, 발목, 피부",
        "sport": "수영, 태권도, 스키, 축구, 배드민턴, 탁구, 등산, 낚시, 자전거, 요가",
        "left": "왼쪽, 오른쪽, 위쪽, 아래쪽, 뒤쪽, 앞쪽",
        "colour": "빨간, 노란, 검은, 하얀, 회색, 보라색, 분홍색",
    },
    "en": {
        "who": "Nina, Leo, Emma, Tom, Hannah, Grandpa, Aunt Rosa, Uncle Ben, Jonas, Mr Okafor, our neighbour",
        "day": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
        "month": "January, February, March, April, May, June, "
        "July, August, September, October, November, December",
        "hour": "seven in the morning, half past nine, noon, "
        "three o'clock, a quarter to six, eight in the evening",
        "won": "12, 35, 48, 70, 96, 130, 210, 450, 85, 19",
        "n": "two, three, four, five, six, seven, eight, nine, eleven, sixteen",
        "dish": "lentil soup, apple pie, fish stew, pancakes, "
        "bean chilli, rice pudding, carrot cake, pea risotto",
        "food": "carrots, onions, mushrooms, thyme, butter, garlic, "
        "peppers, flour, cream, parsley, celery, yeast",
        "thing": "boiler, router, washing machine, fridge, vacuum cleaner, "
        "oven, kettle, fan, printer, tumble dryer",
        "part": "filter, hose, lid, cable, seal, tray, button, sensor, handle, tank",
        "place": "Porto, Vienna, Bergen, Turin, Ghent, Cork, Split, Krakow, Basel, Malmö, Leeds",
        "school": "sports day, school fair, field trip, lunch plan, "
        "maths test, book report, science project, class photo",
        "bill": "electricity, water, gas, telephone, insurance, parking, heating, music-school, library, card",
        "work": "budget, hiring, shipping, packaging, marketing, support, "
        "inventory, website, training, contract, security, travel",
        "animal": "cat, dog, hamster, rabbit, parrot, tortoise, goldfish",
        "plant": "lettuce, peppers, cucumbers, beans, strawberries, "
        "potatoes, courgettes, herbs, leeks, pumpkins",
        "body": "back, knee, shoulder, eye, ear, tooth, stomach, wrist, ankle, skin",
        "sport": "swimming, judo, skiing, football, badminton, climbing, hiking, fishing, cycling, yoga",
        "left": "left, right, upper, lower, rear, front",
        "colour": "red, yellow, black, white, grey, purple, pink",
    },
}  # fmt: skip
_FIRST = {
    "ko": """
{who}[가] 알려 준 {dish}[는] {food}[와] {food}[를] {n} 줌 넣고 중불에서 {n} 분 끓인다.
{dish}[를] 할 때 {food}[는] 나중에 넣고 불을 끄기 전에 {food}[를] 조금 얹는다.
{thing}에서 소리가 나면 {left} {part}[를] 먼저 떼어 먼지를 턴다.
{thing} {part}[는] {n} 달마다 갈고, 새것은 {colour} 상자에 들어 있다.
{month} {bill} 고지서는 {won} 원이고 {day}에 통장에서 나간다.
{bill} 요금이 {won} 원 덜 나온 것은 {who}[가] 할인을 신청했기 때문이다.
{place} 여행은 {month} 둘째 주에 가고 숙소는 {n} 명 방으로 잡았다.
{place}까지는 {hour} 버스를 타고, 짐은 {n} 개로 줄이기로 했다.
{school} 안내문: {month} {day} {hour}까지 강당으로 모인다.
{who}의 {school} 준비물은 {colour} 색연필과 실내화이고 {day}에 걷는다.
{month} 회의에서 {work} 이야기를 했고 {who}[가] {n} 쪽짜리 초안을 쓰기로 했다.
{work} 담당이 {who}로 바뀌었고 보고는 {day} {hour}에 한다.
{animal}[는] 하루 {n} 번 먹이고 {day}마다 집을 청소해 준다.
{animal} 병원 예약은 {month} {day}이고 진료비는 {won} 원쯤 든다.
{plant}[는] {month}에 심어 {n} 주 뒤에 첫 잎을 딴다.
{who}[는] {body}[가] 아파 {day}에 병원에 가고 약은 {n} 알씩 먹는다.
{sport} 모임은 {day} {hour}에 있고 회비는 {won} 원이다.
{sport} 수업에 늦으면 {who}에게 먼저 전화하고 {left} 문으로 들어온다.
""",
    "en": """
For {who}'s {dish} soften {food} with {food}, then simmer everything for {n} minutes.
The {dish} wants {n} spoons of {food} at the start and {food} only at the end.
When the {thing} makes a noise, take off the {left} {part} and brush out the dust.
The {part} of the {thing} is changed every {n} months; spare ones are in the {colour} box.
The {bill} bill for {month} was {won} euros and leaves the account on {day}.
{who} got {won} euros off the {bill} contract by asking for a discount.
The trip to {place} is in the second week of {month}, with a room for {n}.
We take the bus to {place} at {hour} and each of us carries one bag.
Notice about the {school}: everybody meets in the hall on {day} at {hour}.
For the {school} {who} needs {colour} pencils and indoor shoes by {day}.
At the {month} meeting we spoke about {work}; {who} will write a draft of {n} pages.
{who} now looks after {work} and reports on {day} at {hour}.
The {animal} is fed {n} times a day and its home is cleaned on {day}.
The {animal} sees the vet in {month}, which costs about {won} euros.
Sow the {plant} in {month} and pick the first leaves after {n} weeks.
{who} has trouble with the {body} and goes to the doctor on {day}.
The {sport} group meets on {day} at {hour}; the fee is {won} euros.
Who is late for {sport} rings {who} first and comes in by the {left} door.
""",
}
_SECOND = {
    "ko": """
남은 것은 {colour} 통에 담아 {left} 칸에 두고 {n} 날 안에 쓴다.
모르는 것이 있으면 {who}에게 {hour} 전에 물어보면 된다.
{won} 원을 넘으면 먼저 {who}[와] 의논하기로 했다.
지난 {month}에는 {n} 번이나 잊어서 이번에는 달력에 {colour} 글씨로 적었다.
{thing} 옆 {colour} 공책에 날짜와 이름을 적어 둔다.
비가 오면 {day}로 미루고 {who}[가] 모두에게 알린다.
{place}에 사는 {who}도 같은 방법으로 한다고 들었다.
{work} 자료와 함께 {left} 서랍에 넣어 두었다.
끝나면 {food}[를] 사 오는 사람은 {who}이다.
{n} 명까지만 되니 {day}까지 이름을 올려야 한다.
다음 차례는 {who}이고 그다음은 {month}에 정한다.
""",
    "en": """
What is left goes into the {colour} tub on the {left} shelf and keeps for {n} days.
Questions go to {who} before {hour}.
Anything above {won} euros is talked over with {who} first.
Last {month} we forgot it {n} times, so it is on the calendar in {colour} ink.
Write the date and your name into the {colour} notebook beside the {thing}.
If it rains we move it to {day} and {who} tells everybody.
{who}, who lives in {place}, does it the same way.
It lies in the {left} drawer together with the {work} papers.
Afterwards it is {who} who buys {food}.
There is room for {n} people, so put your name down by {day}.
Next time it is the turn of {who}, and in {month} we choose again.
""",
}


def pool(amount: int, *, seed: int = 6) -> list[str]:
    """`amount` passages, no two the same, half of them Korean."""
    half = amount // 2
    return [*islice(_passages("ko", seed), half), *islice(_passages("en", seed), amount - half)]


def _passages(language: str, seed: int) -> Iterator[str]:
    chance, made = random.Random(f"{language}{seed}"), set[str]()
    first, second = (part[language].strip().splitlines() for part in (_FIRST, _SECOND))
    while True:
        parts = [chance.choice(first), *chance.sample(second, 1 + chance.randrange(2))]
        passage = " ".join(_filled(part, language, chance) for part in parts)
        if passage not in made:
            made.add(passage)
            yield passage


def _filled(template: str, language: str, chance: random.Random) -> str:
    slots = {name: _Picks(words.split(", "), chance) for name, words in _SLOTS[language].items()}
    return _PARTICLE.sub(_fitting, template.format_map(slots))


def _fitting(match: re.Match[str]) -> str:
    """The particle as it is behind a syllable with a tail, or without."""
    open_syllable = (ord(match[1]) - 0xAC00) % 28 == 0
    return match[1] + (match[2] if open_syllable else _BEHIND_TAIL[match[2]])


class _Picks:
    """Another of the words each time that it is put into a template."""

    def __init__(self, words: list[str], chance: random.Random) -> None:
        self._words = chance.sample(words, len(words))

    def __format__(self, spec: str) -> str:
        return self._words.pop()
