"""Korean of the same as `citing_en.py`, in the same order."""

CITING_KO: dict[str, str] = {
    # said in the room itself, in the language of the question
    "citing.extract": "이 집에 맡긴 글에서 그대로 옮긴 문장이에요. 모델이 풀어 쓴 답이 아니라, 물음에 맞는 문장을 찾아 "
    "보여 드려요.",
    "citing.nothing": "여기 있는 문서에서는 찾지 못했어요.",
    # what the AIs of a room hear
    "sights.passages": "문서에서 찾은 글",
    "sights.passages_some": "대목 {count}개",
}
