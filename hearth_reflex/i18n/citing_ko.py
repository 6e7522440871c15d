"""Korean of the same as `citing_en.py`, in the same order."""

CITING_KO: dict[str, str] = {
    # said in the room itself, in the language of the question
    "citing.extract": "이 집에 맡긴 글에서 그대로 옮긴 문장이에요. 지금 모델은 글을 읽고 풀어 말하기에는 작아서, 물음에 맞는 "
    "문장을 찾아 보여 드려요.",
    "citing.nothing": "여기 있는 문서에서는 찾지 못했어요.",
    # what the AIs of a room hear
    "sights.passages": "문서에서 찾은 글",
    "sights.passages_some": "{count}대목",
}
