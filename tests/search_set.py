"""Two hundred questions to a house with twenty thousand messages, and the message that each is about.

Sentences and questions are the project's own. No question is copied from its message: each differs in at least one of
`KINDS`. What else was said in the house is put together from everyday parts that use the same words, so that a message
is seldom the only one with a word of the question.
"""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

KINDS = {
    "p": "another particle, or none",
    "e": "another ending",
    "s": "other spaces",
    "i": "first letters (초성)",
    "t": "one typo",
    "n": "decomposed (NFD), as it is pasted from some systems",
    "w": "words in another order or form",
    "l": "Latin letters: the beginning of a word, another case",
}


@dataclass(frozen=True, slots=True)
class Query:
    kind: str
    text: str
    target: str


# What was said once | kind: what is asked for later | …
_TARGETS = """
외할머니가 감나무 밑에 장독을 세 개나 더 묻으셨대 | p: 장독은 감나무 | e: 장독을 묻었나
윗집 강아지가 새벽마다 짖어서 관리실에 말씀드렸어요 | w: 강아지 짖는 윗집 | t: 윗찝 강아지
이번 김장은 절임배추로 마흔 포기만 하기로 했다 | s: 절임 배추 마흔포기 | p: 김장을 절임배추
막내가 유치원에서 달팽이를 데려와서 상추를 먹이고 있어 | n: 달팽이가 상추 | i: ㄷㅍㅇ
보일러 기사님이 분배기 밸브를 갈아야 한다고 하셨어 | s: 보일러기사 분배기밸브 | t: 분배기 벨브
자전거 뒷바퀴에 바람이 새는데 수리점이 월요일에 쉰대 | p: 뒷바퀴가 바람 | w: 수리점 쉬는 월요일
삼촌이 낚싯배를 빌려서 주꾸미 잡으러 가자고 한다 | t: 쭈꾸미 낚싯배 | e: 주꾸미 잡으러 갔다
작은방 벽지에 곰팡이가 피어서 제습기를 하루 종일 틀었어요 | s: 작은 방 곰팡이 | w: 제습기 틀기 곰팡이
고모네 살구잼이 정말 맛있어서 식빵에 듬뿍 발라 먹었다 | i: ㅅㄱㅈ | n: 살구잼은 식빵에
버스 종점에서 내려 은행나무 골목으로 들어오면 대문이 파래요 | w: 파란 대문 은행나무 골목 | s: 은행 나무골목
할아버지 보청기 배터리는 삼백십이 호짜리로 사면 됩니다 | t: 보청끼 배터리 | n: 보청기에 배터리가
수영장 락커 열쇠를 탈의실 세면대에 두고 온 것 같아 | w: 세면대 락커 열쇠 | s: 탈의실세면대
현관 비밀번호를 어제 바꿨으니 쪽지를 확인해 주세요 | e: 비밀번호를 바꾸셨어요 | n: 현관 비밀번호가 바뀐
이모가 보내 준 고사리는 하룻밤 물에 불려야 부드럽다 | p: 고사리를 물에 | e: 고사리 불리는
둘째가 줄넘기 대회에서 이단뛰기 서른 번을 넘겼대요 | s: 이단 뛰기 줄넘기대회 | i: ㅈㄴㄱ ㄷㅎ
창고 선반이 무너져서 페인트 통이 다 쏟아졌어 | e: 선반이 무너지는 바람에 | w: 쏟아진 페인트
다음 회의 전에 회계 장부를 엑셀로 옮겨 놓을게요 | e: 장부를 엑셀로 옮겼어 | s: 회계장부
치과에서 사랑니를 두 개 뽑고 얼음찜질을 하는 중이야 | p: 사랑니는 얼음찜질 | e: 사랑니 뽑았어
텃밭에 심은 토마토 모종이 서리를 맞아 시들었어요 | s: 토마토모종 서리 | t: 토마토 모중 서리
동네 목욕탕이 문을 닫고 그 자리에 서점이 들어선대 | e: 목욕탕 문을 닫았대 | p: 목욕탕이 서점으로
캠핑 의자 하나가 부러져서 접이식으로 새로 주문했어요 | s: 캠핑의자 접이식 | w: 부러진 의자 주문
고양이 사료를 연어 맛으로 바꿨더니 통 먹지를 않네 | w: 연어맛 사료 고양이 | e: 사료를 바꾸니 안 먹어
할머니 칠순 잔치는 마당 넓은 한옥 식당으로 예약했습니다 | p: 칠순을 한옥에서 | s: 칠순잔치 한옥식당
도서관에서 빌린 지도책을 반납일보다 나흘 늦게 돌려줬다 | e: 지도책 늦게 돌려주면 | i: ㅈㄷㅊ ㅂㄴㅇ
겨울 이불을 압축팩에 넣어 장롱 위로 올려 두었어요 | s: 겨울이불 압축 팩 | n: 압축팩은 장롱에
현수가 드럼 학원에 등록해서 저녁마다 베개를 두드린다 | i: ㄷㄹ ㅎㅇ | w: 베개 두드리는 현수
뒷산 약수터 물맛이 달라져서 수질 검사를 맡긴다고 합니다 | s: 약수터물맛 수질검사 | t: 약수터 수질 건사
새로 산 압력솥 추가 돌지 않아 고무 패킹을 갈았어요 | t: 압녁솥 패킹 | e: 고무 패킹을 갈려면
옥상 태양광 판에 쌓인 눈을 빗자루로 쓸어 내렸다 | p: 태양광을 빗자루 | i: ㅌㅇㄱ ㅂㅈㄹ
누나가 보내 준 털장갑은 손가락 끝이 터치가 돼서 편하다 | s: 털 장갑 터치 | p: 털장갑이 손가락
사촌 결혼식 축가로 트럼펫을 불어 달라는 부탁을 받았어 | t: 트럼팻 축가 | e: 결혼식에서 트럼펫을 불었다
마을 버스 노선이 바뀌어 보건소 앞에 서지 않습니다 | s: 마을버스노선 보건소 | w: 보건소에 안 서는 버스
냉동실 얼음틀을 실리콘으로 바꾸니 잘 빠지네요 | p: 얼음틀은 실리콘 | s: 얼음 틀 실리콘
겨울방학 숙제로 연을 만들어 강둑에서 날려 볼 거야 | e: 연을 만들고 강둑 | s: 겨울 방학숙제
세탁소에서 코트 단추를 다른 색으로 달아 놨더라고요 | e: 코트 단추를 달아 주는 세탁소 | t: 세탁소 코트 단쭈
아빠 무릎 물리치료는 매주 수요일 열 시로 옮겼습니다 | s: 무릎물리치료 수요일 | i: ㅁㄹㅊㄹ
호박죽에 새알심을 넣을지 말지 아직 결정을 못 했어 | p: 새알심이 호박죽에 | e: 호박죽에 새알심을 넣자
공동 현관 전등이 깜빡거려서 센서를 갈기로 했어요 | e: 전등이 깜빡거리면 | w: 깜빡이는 현관 전등 센서
지하철에서 우산을 잃어버려 유실물 센터에 전화해 봤어 | s: 유실물센터 우산 | e: 우산을 잃어버린
마당 수도꼭지가 얼지 않게 헌 옷으로 감아 놓자 | p: 수도꼭지에 헌 옷을 | t: 수도꼭찌 얼지
아침마다 까치가 장독대에 앉아 울어서 손님이 오려나 싶다 | i: ㅈㄷㄷ | p: 까치는 장독대
재봉틀 바늘이 부러져서 커튼 밑단을 손으로 꿰맸어요 | w: 커튼 꿰매다 재봉틀 | s: 재봉틀바늘 커튼밑단
외삼촌 과수원에서 사과 낙과를 주워다 식초를 담갔다 | e: 사과로 식초를 담그는 | p: 과수원은 낙과
제주행 배편이 풍랑 때문에 취소되어 하루 더 묵습니다 | s: 제주행배편 풍랑 | t: 배편 풍낭 취소
첫째가 한자 급수 시험에서 두 문제 차이로 떨어졌대 | n: 한자는 급수를 | e: 급수 시험에 떨어져서
베란다 방충망이 찢어져서 나방이 자꾸 들어와요 | t: 방충만 찢어져서 | w: 나방 들어오는 방충망
동짓날에는 팥죽을 쑤어 이웃 열 집에 돌릴 생각이야 | e: 팥죽을 쑤면 이웃에게 | i: ㄷㅈㄴ ㅍㅈ
전세 계약서 특약에 도배를 새로 해 준다고 적혀 있어요 | s: 전세계약서 특약 | p: 특약이 도배
묵은지 고등어찜에 들깻가루를 한 숟갈 넣으면 비린내가 없다 | t: 들깨가루 고등어찜 | s: 고등어 찜 들깻가루
형이 군대에서 보낸 편지가 우체통 틈에 끼어 있었다 | n: 편지를 우체통에 | e: 편지가 끼어서
우리 반 텃밭 이름표를 나무젓가락으로 만들었는데 귀엽다 | s: 나무 젓가락이름표 | p: 이름표는 나무젓가락
블랙박스 메모리 카드가 꽉 차서 사고 장면이 안 남았어 | t: 블랙박쓰 메모리 | s: 블랙 박스 메모리카드
할머니가 짜 주신 조끼에 단추 대신 도토리를 달았어요 | e: 조끼를 짜는 할머니 도토리 | i: ㅈㄲ ㄷㅌㄹ
항공권 영문 이름이 여권과 달라서 수수료를 내고 고쳤다 | s: 항공권영문이름 | w: 여권 수수료 항공권
어묵 국물에 게 다리를 넣었더니 포장마차 맛이 나네 | p: 어묵은 게 다리 | t: 어묵 포장마치
놀이터 그네 줄이 삐걱거려서 기름칠을 부탁드렸습니다 | i: ㄱㄹㅊ | e: 그네가 삐걱거리고
주말에 은하수를 보러 천문대에 가려면 표를 미리 사야 해 | p: 천문대로 은하수 | e: 은하수를 봤던 천문대
막걸리 식초로 오이를 절였더니 아삭함이 오래간다 | s: 막걸리식초 오이 | e: 오이를 절이고 막걸리
신혼집 조명은 전구색으로 맞추고 거실만 주백색으로 할래 | i: ㅈㅂㅅ | p: 전구색을 신혼집
지난 태풍에 비닐하우스 두 동이 통째로 날아갔습니다 | s: 비닐 하우스 태풍 | e: 비닐하우스가 날아가서
반려견 등록증 칩 번호를 동물병원에서 다시 읽어 줬어 | w: 동물 병원 칩 반려견 | s: 반려견등록증
유자청 유리병 뚜껑이 안 열려서 고무장갑을 끼고 돌렸다 | i: ㅇㅈㅊ | p: 고무장갑으로 유리병을
급식실 이모님이 떡볶이에 치즈를 얹어 주신 날이 최고였어 | t: 떡뽁이 급식실 | e: 치즈를 얹은 떡볶이
한의원에서 침을 맞고 나니 뻐근하던 목이 돌아간다 | p: 한의원은 침 | e: 목이 뻐근해서 침
주차장 기둥에 범퍼를 긁혀서 부분 도색을 맡겼어요 | w: 범퍼 도색 주차장 | t: 범퍼 부분 도섹
거문고 줄을 명주실로 갈아 끼우니 소리가 한결 깊다 | i: ㄱㅁㄱ | s: 거문고줄 명주 실
딸기 농장 체험은 장화를 신고 오라고 안내문에 쓰여 있네 | p: 딸기를 체험 장화 | s: 딸기농장체험
형광등 안정기가 나가서 엘이디로 통째로 바꿨습니다 | p: 안정기를 엘이디 | e: 형광등이 나가면 안정기
연금 서류에 인감 도장을 찍어서 등기로 부쳤어요 | s: 인감도장 연금서류 | e: 인감을 찍고 등기로 부치기
구들방에 메주를 매달아 놓았더니 온 집에 냄새가 밴다 | i: ㄱㄷㅂ | e: 메주를 매다는
안과에서 산동제를 넣어서 오늘은 글씨가 흐릿해 | n: 산동제는 안과 | t: 산똥제 안과
이삿짐 트럭이 골목에 못 들어와 사다리차를 불렀어요 | s: 이삿짐트럭 사다리 차 | e: 사다리차를 부르면
복숭아 알레르기가 있는 손님이 오니 후식은 배로 하자 | t: 복숭아 알레르끼 | p: 복숭아는 후식으로
등산 스틱을 산장에 두고 내려와서 택배로 받기로 했어 | s: 등산스틱 산장 | w: 산장 택배 스틱
오르골 태엽이 끊어져서 고치는 가게를 찾고 있어요 | i: ㅇㄹㄱ ㅌㅇ | e: 오르골을 고쳤나
독감 주사를 맞은 팔이 부어서 가방을 못 들겠어 | p: 독감은 주사 팔이 | e: 주사 맞고 팔이 부었다
참기름 짜는 방앗간이 장날에만 문을 연다고 하네 | s: 참기름방앗간 | i: ㅊㄱㄹ ㅂㅇㄱ
강아지 미용사가 귀털을 너무 짧게 깎아 버렸다 | e: 귀털을 깎는 미용사 | n: 귀털은 짧게
연습실 피아노 조율을 다음 달로 미루면 음이 더 틀어질 거야 | n: 피아노를 조율 | s: 피아노조율 연습실
돌잔치 답례품은 수건 대신 꿀단지로 정했습니다 | s: 돌 잔치답례품 | i: ㄲㄷㅈ
감기약에 졸음 성분이 있으니 운전은 하지 마세요 | p: 감기약은 졸음을 | e: 졸음이 오는 감기약 운전했어
지붕 기와 석 장이 깨져서 빗물이 다락으로 샌다 | w: 다락에 새는 빗물 기와 | t: 기왜 깨져서 다락
전동 드릴 충전기를 옆집에서 빌려 가고 아직 안 줬어 | s: 전동드릴충전기 | n: 전동 드릴은 옆집
이번 달 반상회는 정자 대신 경로당 이층에서 합니다 | n: 반상회를 경로당에서 | i: ㅂㅅㅎ ㄱㄹㄷ
씨감자를 재에 묻혀 심으면 썩지 않는다고 배웠어 | e: 씨감자를 심는 법 재 | s: 씨 감자 재에
수학여행 버스 안에서 멀미 봉투를 두 번이나 썼대요 | s: 수학 여행버스 멀미봉투 | p: 멀미는 봉투
약과 반죽에 생강즙을 조금 넣어야 향이 난다 | i: ㅅㄱㅈ ㅇㄱ | p: 생강즙이 약과
동백꽃이 핀 둘레길 입구에 푸드 트럭이 두 대 서 있어 | s: 동백꽃둘레길 | w: 푸드트럭 동백꽃
여동생이 첫 월급으로 안마기를 사 왔는데 조금 시끄럽다 | p: 월급을 안마기 | e: 안마기를 사서
중고 카메라 셔터 소리가 이상해서 환불해 달라고 했어요 | t: 카메라 셧터 환불 | e: 카메라를 환불받았어
개울에 징검다리를 놓는 공사가 봄까지 이어진다네 | s: 징검 다리공사 | p: 징검다리는 개울
잠옷 고무줄이 늘어나서 끈으로 바꿔 달아 줬다 | i: ㄱㅁㅈ ㅈㅇ | e: 고무줄이 늘어난 잠옷
release 브랜치에 hotfix 를 올렸으니 staging 에서 봐 주세요 | l: HOTFIX staging | l: stagin hotf
프린터 driver 를 다시 깔았더니 scanner 까지 살아났다 | l: scann 프린터 | l: Driver printer scanner
The kettle in the workshop trips the fuse again, please use the blue socket | l: Kettl fuse | w: socket for the kettle
Grandpa's orchard map is in the drawer under the barometer | l: BAROMETER draw | w: map orchard barometer
결제 webhook 이 두 번 불려서 idempotency 키를 넣었습니다 | l: Webhook idempot | p: 결제는 webhook
The ferry to the lighthouse leaves from pier nine on Sundays | l: lighthous ferr | w: pier of the lighthouse ferry
오븐 timer 가 고장 나서 focaccia 를 조금 태웠어요 | l: Focacc | e: focaccia 태우고
Our tenor caught a cold so the quartet rehearsal moves to Thursday | l: Quartet Rehears | w: rehearsal with the tenor
""".strip()

# Parts of everyday talk; what stands in braces below is filled with one of them.
_PARTS = """
who: 엄마, 아빠, 할머니, 할아버지, 누나, 형, 언니, 오빠, 막내, 둘째, 첫째, 삼촌, 이모, 고모, 사촌, 현수, 지민이
who: 민지, 서연이, 준호
when: 오늘, 어제, 내일, 아침에, 저녁에, 주말에, 월요일에, 수요일에, 점심때, 방금, 이따가, 지난주에, 다음 달에
when: 겨울에, 새벽에
where: 거실, 부엌, 마당, 베란다, 도서관, 시장, 서점, 회사, 학교, 유치원, 식당, 주차장, 수영장, 병원, 한의원, 세탁소
where: 우체국, 버스, 골목, 옥상, 창고, 놀이터
what: 우산, 자전거, 냉장고, 보일러, 제습기, 이불, 커튼, 의자, 단추, 고무장갑, 열쇠, 비밀번호, 쪽지, 편지, 택배, 트럭
what: 카메라, 프린터, 충전기, 메모리, 배터리, 전등, 선반, 페인트, 기름, 식초, 사과, 딸기, 복숭아, 고사리, 배추
what: 호박죽, 팥죽, 떡볶이, 어묵, 고등어, 토마토, 오이, 치즈, 식빵, 사료, 강아지, 고양이, 까치, 나방, 달팽이, 피아노
what: 드럼, 트럼펫, 조끼, 장갑, 코트, 잠옷, 여권, 서류, 장부, 계약서, 도장, 표, 숙제, 시험, 대회, 잔치, 결혼식, 회의
what: 반상회, 공사, 검사, 주사, 감기약
did: 샀어, 찾았어, 고쳤어요, 버렸어, 빌렸어, 빌려줬다, 맡겼어요, 바꿨어, 옮겼습니다, 챙겼어, 잃어버렸어, 주문했어요
did: 치웠다, 닦았어, 나눠 줬어요, 봤어, 부탁했어, 돌려줬다, 사러 가자, 찾아볼게, 고칠까, 빌려 줄래, 맡기자, 바꿀까요
did: 옮겨 줘, 챙겨 와, 주문할게, 치우자, 확인해 주세요, 가져올게
thing: server, printer, kettle, map, ferry, driver, webhook, timer, scanner, socket, release, branch, ticket, piano
thing: drawer, lamp
state: broken, ready, late, fine, slow, missing, heavy, warm, noisy, done
day: today, tomorrow, on Monday, on Sunday, after lunch, again
place: office, workshop, kitchen, garden, station, library, pier, orchard, house
""".strip()
_TAIL = ["", "", "", " ㅋㅋ", " ㅠㅠ", "!", "?", " 고마워", " 알겠지", " 진짜로", " ^^", " 부탁해요"]
_TALK = [
    "{when} {who}가 {where}에서 {what} {did}{tail}",
    "{what} {where}에 있던데 {who} 거 맞아?{tail}",
    "{who}, {when} {where} 앞에서 만나서 {what} 보자{tail}",
    "{what} 때문에 {when} {where}에 다시 가야 해{tail}",
    "{where}에 {what} 두고 왔대 {who}한테 물어봐{tail}",
    "{when} {what} {did}, 하고 {who}가 그러더라{tail}",
    "{who} {what} 이제 안 써도 된대{tail}",
    "{what}하고 {other} 중에 뭐가 먼저야?{tail}",
    "{where} {what} 사진 좀 올려 줘 {who}{tail}",
    "{when} {other} 대신 {what} {did}{tail}",
    "{who}랑 {who2}는 {when} {where}에 간대, {what} 챙기라고 해{tail}",
    "아까 말한 {what} {where}에서 {did}{tail}",
    "the {thing} is {state}, can you check it {day}?",
    "please bring the {thing} to the {place} {day}",
    "{thing} for the {place} arrived {day}, {state}",
    "{when} {thing} 좀 봐 주세요, {state} 인 것 같아요{tail}",
]


def queries() -> list[Query]:
    return list(_queries())


def targets() -> list[str]:
    return [line.split(" | ")[0] for line in _TARGETS.splitlines()]


def messages(amount: int, *, seed: int = 20261121) -> list[str]:
    """So many messages in the order in which they were said, the targets strewn among them."""
    dice = random.Random(seed)
    said = [_something(dice) for _ in range(amount - len(targets()))]
    for target in targets():
        said.insert(dice.randrange(len(said)), target)
    return said


def _queries() -> Iterator[Query]:
    for line in _TARGETS.splitlines():
        target, *asked = line.split(" | ")
        for one in asked:
            kind, _, text = one.partition(": ")
            yield Query(kind, unicodedata.normalize("NFD", text) if kind == "n" else text, target)


def _something(dice: random.Random) -> str:
    parts = _parts()
    filled = {name: dice.choice(words) for name, words in parts.items()}
    other, friend = dice.choice(parts["what"]), dice.choice(parts["who"])
    return dice.choice(_TALK).format(**filled, other=other, who2=friend, tail=dice.choice(_TAIL))


@cache
def _parts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in _PARTS.splitlines():
        name, _, words = line.partition(": ")
        found.setdefault(name, []).extend(words.split(", "))
    return found
