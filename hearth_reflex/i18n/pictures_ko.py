"""Korean of the same as `pictures_en.py`, in the same order."""

PICTURES_KO: dict[str, str] = {
    "pictures.about": "이 사진에 대해",
    "pictures.captioned": "사진: {caption}",
    "pictures.caption_label": "이 사진에 무엇이 있는지",
    "pictures.caption_hint": "예: 난로 앞에서 조는 고양이",
    "pictures.caption_add": "설명 쓰기",
    "pictures.caption_edit": "설명 고치기",
    "pictures.caption_save": "설명 저장",
    "pictures.caption_leave": "그만두기",
    "pictures.by_model": "AI가 보고 쓴 설명이에요.",
    "pictures.taken": "{date}에 찍었어요.",
    "pictures.words": "사진 속 글자",
    "pictures.copy": "복사",
    "pictures.copied": "복사했어요",
    "pictures.alike": "비슷한 사진",
    "pictures.no_alike": "비슷한 사진을 찾지 못했어요.",
    "pictures.looking": "찾는 중이에요…",
    "error.caption_long": "설명이 너무 깁니다. {limit}자까지 쓸 수 있습니다.",
    "error.caption_other": "사진을 보낸 사람이나 방을 돌보는 사람만 설명을 쓸 수 있습니다.",
}
