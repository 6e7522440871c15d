"""English of documents: what cannot be done with one, and why one could not be read."""

DOCUMENTS_EN: dict[str, str] = {
    # why one could not be read: kept as a code alone, so nothing is filled in
    "error.document_unreadable": "This document is broken, or is not what it looks like. Try saving it again in the program that made it.",
    "error.document_locked": "This document is locked with a password. Take the password off and put it in again.",
    "error.document_empty": "There are no words in this document.",
    "error.document_bomb": "There is far more in this document than can be read here. Please split it into smaller ones.",
    "error.document_slow": "Reading this document took too long. Perhaps it can be split into smaller ones.",
    "error.document_kind": "Documents of this kind cannot be read here. PDF, HWP, Word, PowerPoint, Excel, EPUB, HTML, plain texts and pictures can.",
    "error.document_scanned": "Its pages are only pictures, and nothing is installed here that reads words in pictures. "
    "Whoever keeps the house can add tesseract: apt install tesseract-ocr tesseract-ocr-kor",
    "error.document_long": "This document has too many pieces. Please split it into smaller ones.",
    "error.document_interrupted": "Reading this document broke off more than once. Please try again.",
    # why some of its pages were not: with how many
    "error.document_pages_late": "Pages that there was no time to read: {pages}",
    "error.document_pages_scanned": "Pages that are only pictures: {pages}. They can be read once tesseract is added.",
    # what cannot be done
    "error.document_unknown": "This document is not here, or not yours to see.",
    "error.document_of_another": "Somebody else brought this document. Those who keep order in the room may change it.",
    "error.document_twice": "It lies here already, as “{name}”.",
    "error.documents_pace": "That was a lot of documents at once. Try again in {seconds} s.",
    "error.page_unknown": "This document has no such page.",
    "error.pages_busy": "Many pages are being drawn. Try again in {seconds} s.",
    "error.collection_unknown": "This collection is not here.",
    "error.collection_taken": "There is a collection of this name already.",
    "error.collections_many": "A library has up to {limit} collections.",
    "error.user_other": "Only for yourself: leave the user out, or give your own id.",
}
