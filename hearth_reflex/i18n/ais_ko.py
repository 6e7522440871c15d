"""Korean of the same as `ais_en.py`, in the same order."""

AIS_KO: dict[str, str] = {
    "notice.ai_left": "{name}(AI)가 자리에서 일어났습니다",
    "error.persona_unknown": "여기에 그런 페르소나가 없어요.",
    "error.persona_guest": "페르소나는 계정이 있어야 만들 수 있어요. 내 페이지에서 계정을 만들 수 있어요.",
    "error.persona_name_taken": "이미 있는 이름이거나 비슷해 보이는 이름이에요. 다른 이름을 골라 주세요.",
    "error.persona_long": "{limit}자까지 쓸 수 있어요.",
    "error.persona_house": "이 페르소나는 화롯가의 것이라 없앨 수 없어요.",
    "error.persona_outside": "페르소나는 이 집에 있는 모델로만 말할 수 있어요. 다른 서버는 방 전체에서 골라 주세요.",
    "error.personas_many": "페르소나는 {limit}개까지 만들 수 있어요. 먼저 하나를 지워 주세요.",
    "error.ai_seats_many": "한 방에 AI는 {limit}명까지 앉을 수 있어요. 먼저 하나를 내보내 주세요.",
    "error.card_large": "캐릭터 카드는 {limit}MB까지 가져올 수 있어요.",
    "error.card_unreadable": "이 파일에서 캐릭터 카드를 읽지 못했어요.",
    "error.card_nameless": "이 카드에는 이름이 없어요. 이름을 지어 주세요.",
}
