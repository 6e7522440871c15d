"""Korean: why an AI spoke, and that it need not have."""

MANNERS_KO: dict[str, str] = {
    "manners.why": "왜 말했나요",
    "manners.called": "@로 이름을 불러서 답했어요",
    "manners.named": "이름을 불러서 답했어요",
    "manners.replied": "자기 말에 단 답장이라서 답했어요",
    "manners.follow_up": "바로 앞의 답에서 이어지는 말이라서 답했어요",
    "manners.joins_in": "아무에게나 한 말이라서 끼어들었어요",
    "manners.alone": "둘만 있는 자리라서 답했어요",
    "manners.session": "AI와 나누는 대화라서 답했어요",
    "manners.too_talkative": "말이 많아요",
    "manners.too_talkative_title": "부르지 않았는데 나온 답이에요. 누르면 이 방에서 말을 아껴요",
    "manners.noted": "알겠어요. 이 방에서는 말을 아낄게요",
    "error.temper": "AI가 말하는 때는 세 가지 중에서 골라 주세요.",
    "error.answer_wanted": "이름을 불러서 나온 답이라 말이 많다고 할 수 없어요.",
}
