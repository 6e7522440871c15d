"""Korean of the same as `people_en.py`, in the same order."""

PEOPLE_KO: dict[str, str] = {
    "presence.typing_one": "{name} 쓰는 중…",
    "presence.typing_two": "{one} {two} 쓰는 중…",
    "presence.typing_many": "여러 사람이 쓰는 중…",
    "presence.home": "다른 방에 있음",
    "news.label": "다른 방에서 온 소식",
    "news.unread": "안 읽은 메시지 {count}개",
    "news.called": "나를 부른 말이 있어요",
    "news.file": "사진이나 파일을 보냈어요",
}
