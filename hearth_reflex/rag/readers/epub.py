"""Books: the chapters of an EPUB in the order of its spine. Opens no lock: a locked chapter is a locked book."""

import posixpath
from urllib.parse import unquote

from hearth_reflex.rag.decoding import decode
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.guards import GuardedZip
from hearth_reflex.rag.markup import Element
from hearth_reflex.rag.readers.hypertext import draft_html
from hearth_reflex.rag.refusal import Refusal, Why

_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml")


def read_epub(archive: GuardedZip, draft: Draft) -> None:
    places = archive.xml(_CONTAINER).xpath("string(//*[local-name()='rootfile'][1]/@full-path)")
    package = archive.xml(str(places))
    draft.title = str(package.xpath("string(//*[local-name()='metadata']/*[local-name()='title'][1])"))
    locked = _locked(archive)
    for name in _spine(package, posixpath.dirname(str(places))):
        if name in locked:
            raise Refusal(Why.LOCKED)
        if name in archive.names:
            draft_html(decode(archive.read(name)), draft)


def _spine(package: Element, folder: str) -> list[str]:
    """Names of the chapters in order, each once, leaving out what the book itself leaves out of its line."""
    items = {
        item.get("id"): item.get("href", "")
        for item in package.iterfind(".//{*}manifest/{*}item")
        if item.get("media-type") in _PAGES
    }
    wanted = [ref.get("idref") for ref in package.iterfind(".//{*}spine/{*}itemref") if ref.get("linear") != "no"]
    names = [posixpath.normpath(posixpath.join(folder, unquote(items[ref]))) for ref in wanted if ref in items]
    return list(dict.fromkeys(names))


def _locked(archive: GuardedZip) -> set[str]:
    if _LOCKS not in archive.names:
        return set()
    references = archive.xml(_LOCKS).iterfind(".//{*}CipherReference")
    return {posixpath.normpath(unquote(reference.get("URI", ""))) for reference in references}
