"""Korean of the same as `documents_en.py`, in the same order."""

DOCUMENTS_KO: dict[str, str] = {
    # why one could not be read: kept as a code alone, so nothing is filled in
    "error.document_unreadable": "깨졌거나 보이는 것과 다른 문서예요. 만든 프로그램에서 다시 저장해서 넣어 보세요.",
    "error.document_locked": "비밀번호로 잠긴 문서예요. 잠금을 풀고 다시 넣어 주세요.",
    "error.document_empty": "글이 없는 문서예요.",
    "error.document_bomb": "여기서 읽을 수 있는 것보다 훨씬 많은 내용이 들어 있어요. 작게 나누어 넣어 주세요.",
    "error.document_slow": "읽는 데 너무 오래 걸렸어요. 작게 나누어 넣어 보세요.",
    "error.document_kind": "여기서 읽을 수 없는 종류예요. PDF, 한글, 워드, 파워포인트, 엑셀, EPUB, HTML, 글, 사진은 읽을 수 있어요.",
    "error.document_scanned": "쪽이 모두 그림인데, 그림 속 글자를 읽는 프로그램이 이 집에 없어요. "
    "집지기가 tesseract를 더하면 읽을 수 있어요: apt install tesseract-ocr tesseract-ocr-kor",
    "error.document_long": "조각이 너무 많은 문서예요. 작게 나누어 넣어 주세요.",
    "error.document_interrupted": "읽다가 여러 번 끊겼어요. 다시 해 주세요.",
    # why some of its pages were not: with how many
    "error.document_pages_late": "시간이 모자라 읽지 못한 쪽이 {pages}쪽 있어요.",
    "error.document_pages_scanned": "그림이라 읽지 못한 쪽이 {pages}쪽 있어요. 집지기가 tesseract를 더하면 읽을 수 있어요.",
    # what cannot be done
    "error.document_unknown": "이 문서는 없거나 볼 수 없는 문서예요.",
    "error.document_of_another": "다른 사람이 넣은 문서예요. 방을 돌보는 사람은 바꿀 수 있어요.",
    "error.document_twice": "같은 문서가 “{name}”(으)로 이미 있어요.",
    "error.documents_pace": "한꺼번에 많은 문서를 넣었어요. {seconds}초 뒤에 다시 해 주세요.",
    "error.page_unknown": "이 문서에 그런 쪽은 없어요.",
    "error.pages_busy": "그리고 있는 쪽이 많아요. {seconds}초 뒤에 다시 해 주세요.",
    "error.collection_unknown": "그런 묶음이 없어요.",
    "error.collection_taken": "같은 이름의 묶음이 이미 있어요.",
    "error.collections_many": "서재 하나에 묶음을 {limit}개까지 둘 수 있어요.",
    "error.user_other": "자기 이름으로만 할 수 있어요. 사용자를 비우거나 자기 아이디를 넣어 주세요.",
}
