"""Korean of the same as `sights_en.py`, in the same order."""

SIGHTS_KO: dict[str, str] = {
    # the line under the talk
    "sights.hears": "{name}: {who}의 ‘{text}’부터 {count}개를 듣고 있어요 · {tokens} 토큰",
    "sights.hears_shown": "{name}: {who}의 사진이나 파일부터 {count}개를 듣고 있어요 · {tokens} 토큰",
    "sights.hears_short": "{count}개 · {tokens} 토큰",
    "sights.nothing": "{name}: 아직 들은 말이 없어요",
    "sights.nothing_short": "들은 말 없음",
    "sights.asleep": "{name}: 지금은 쉬고 있어요. 부르면 깨어나서 들어요.",
    "sights.asleep_short": "쉬는 중",
    "sights.others": "다른 AI {count}명도 들어요",
    # the sheet behind it
    "sights.title": "AI에게 들리는 것",
    "sights.lead": "지금 부르면 무엇을 듣고 답하는지 그대로 보여요. 토큰은 모델이 글의 길이를 재는 단위예요.",
    "sights.close": "닫기",
    "sights.nobody": "이 방에는 듣고 있는 AI가 없어요.",
    "sights.heard": "듣는 말",
    "sights.heard_some": "{count}개",
    "sights.first": "가장 처음 말",
    "sights.jump": "그 말로 가기",
    "sights.length": "길이",
    "sights.length_of": "{budget} 토큰 가운데 {tokens}",
    "sights.cut": "듣지 못하는 말",
    "sights.cut_none": "없어요. 처음부터 다 들어요.",
    "sights.cut_window": "너무 오래전에 한 말 {count}개",
    "sights.cut_budget": "길이가 넘쳐서 뺀 말 {count}개",
    "sights.cut_arrival": "오기 전에 나눈 말 {count}개",
    "sights.cut_shortened": "가장 새 말이 너무 길어서 가운데를 빼고 들어요",
    "sights.pictures": "사진",
    "sights.pictures_some": "{count}장은 이름만 알고, 보지는 못해요",
    "sights.instructed": "성격",
    "sights.instructed_yes": "성격을 적은 글을 함께 읽어요",
    "sights.instructed_no": "따로 적힌 성격이 없어요",
    "sights.keep": "이야기 아래에 늘 보이기",
    # in how an answer was made
    "sights.made_first": "{name}의 말부터 들었습니다",
    "sights.made_jump": "그 말로 가기",
}
