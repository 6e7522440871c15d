"""Trees of XML and HTML, and the one place that knows lxml. Nothing is fetched, no entity is resolved."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from io import BytesIO
from typing import Any, Protocol, overload

etree: Any = import_module("lxml.etree")  # they bring no types
html: Any = import_module("lxml.html")


class Element(Protocol):
    """What is used here of a node of lxml's. `tag` is no text in a comment."""

    tag: Any
    text: str | None
    tail: str | None

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, default: str, /) -> str: ...
    def find(self, path: str, /) -> "Element | None": ...
    def iterfind(self, path: str, /) -> "Iterator[Element]": ...
    def iter(self, *tags: str) -> "Iterator[Element]": ...
    def iterancestors(self, *tags: str) -> "Iterator[Element]": ...
    def itersiblings(self, *tags: str, preceding: bool = False) -> "Iterator[Element]": ...
    def getparent(self) -> "Element | None": ...
    def getprevious(self) -> "Element | None": ...
    def getnext(self) -> "Element | None": ...
    def index(self, child: "Element", /) -> int: ...
    def __len__(self) -> int: ...
    def xpath(self, path: str, /) -> Any: ...
    def __iter__(self) -> "Iterator[Element]": ...


def xml_root(data: bytes) -> Element | None:
    """The root of an XML file, or nothing for what is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def tags_of(data: bytes, *names: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Elements of these names, of whatever namespace, with what they say, one after the other: none is kept.

    Raises:
        ValueError: where it breaks off; what stood before has been told.
    """
    wanted = [f"{{*}}{name}" for name in names]
    try:
        found = etree.iterparse(BytesIO(data), events=("end",), tag=wanted, resolve_entities=False, no_network=True)
        for _, element in found:
            yield etree.QName(element).localname, dict(element.attrib)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, LookupError) as fault:
        raise ValueError("broken markup") from fault


def html_root(text: str) -> Element | None:
    """The root of a page, or nothing for one without elements."""
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser, ensure_head_body=False)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError, ValueError):
        return None
