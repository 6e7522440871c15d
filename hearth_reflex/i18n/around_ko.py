"""Korean of the same as `around_en.py`, in the same order."""

AROUND_KO: dict[str, str] = {
    "around.title": "바로 가기",
    "around.find": "방이나 할 일 찾기",
    "around.none": "그런 것은 없습니다",
    "around.room": "방",
    "around.search": "이야기 찾기",
    "around.keys": "단축키",
    "around.key_palette": "바로 가기 열기",
    "around.key_keys": "이 표 보기",
    "around.key_send": "보내기",
    "around.key_line": "줄 바꾸기",
    "around.key_send_always": "언제나 보내기",
    "around.key_edit": "빈 칸에서: 마지막 말 고치기",
    "around.key_escape": "답하기·고치기 그만두기, 열린 것 닫기",
    "around.key_complete": "사람·방·그림말·명령 이어 쓰기",
    "around.key_tab": "다음 자리로, 목록에서는 고르기",
    "around.key_rows": "이야기에서: 앞말과 뒷말",
    "around.key_ends": "이야기의 처음과 끝",
}
