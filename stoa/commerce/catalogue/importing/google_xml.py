"""The items of an XML feed, one after the other, with the lines they begin on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from stoa.commerce.catalogue.importing.drafts import Row, RowProblem
from stoa.commerce.catalogue.importing.google import SEVERAL, attribute_of

_CHUNK_BYTES = 256 * 1024
_MAX_TEXT_CHARS = 256 * 1024
_ITEMS = frozenset({"item", "entry"})
_DETAIL = ("section_name", "attribute_name", "attribute_value")


class _Items(ContentHandler):
    """Collects items as rows. `done` is emptied by the reader."""

    def __init__(self, line_number: Callable[[], int | None]) -> None:
        super().__init__()
        self.done: list[Row | RowProblem] = []
        self._line_number = line_number
        self._line = 0
        self._values: dict[str, str] | None = None
        self._path: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._detail: dict[str, str] = {}

    def startElementNS(  # noqa: N802 - SAX's name
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        del qname, attrs
        if self._values is None:
            if name[1] in _ITEMS:
                self._values, self._path = {}, []
                self._line = self._line_number() or 1
                self._size = 0
            return
        self._path.append(name[1])
        self._text = []

    def characters(self, content: str) -> None:
        if self._values is not None and self._path:
            self._size += len(content)
            if self._size <= _MAX_TEXT_CHARS:
                self._text.append(content)

    def endElementNS(  # noqa: N802 - SAX's name
        self, name: tuple[str | None, str], qname: str | None
    ) -> None:
        del qname
        if self._values is None:
            return
        if not self._path:
            self._finish()
            return
        text = "".join(self._text).strip().replace(SEVERAL, " ")
        self._text = []
        self._path.pop()
        if len(self._path) == 1 and self._path[0] == "product_detail" and name[1] in _DETAIL:
            self._detail[name[1]] = text.replace(",", "\\,").replace(":", " ")
        elif not self._path:
            if name[1] == "product_detail":
                text = ":".join(self._detail.get(part, "") for part in _DETAIL)
                self._detail = {}
            self._add(attribute_of(name[1]), text)

    def _add(self, attribute: str | None, text: str) -> None:
        assert self._values is not None
        if attribute and text:
            before = self._values.get(attribute)
            self._values[attribute] = text if before is None else f"{before}{SEVERAL}{text}"

    def _finish(self) -> None:
        assert self._values is not None
        if self._size > _MAX_TEXT_CHARS:
            self.done.append(RowProblem(self._line, "import.field_too_large"))
        elif any("\ufffd" in text for text in self._values.values()):
            self.done.append(RowProblem(self._line, "import.broken_encoding"))
        else:
            self.done.append(Row(self._line, self._values))
        self._values = None


class XmlFeed:
    """An XML feed, open. `close` it. Entities and external references are refused."""

    def __init__(self, path: Path) -> None:
        self.total_bytes = path.stat().st_size
        self.encoding = "xml"
        self._binary: BinaryIO = path.open("rb")

    @property
    def read_bytes(self) -> int:
        return self._binary.tell()

    def close(self) -> None:
        self._binary.close()

    def rows(self) -> Iterator[Row | RowProblem]:
        """Every item; after the first thing that is no XML there are none."""
        parser = DefusedExpatParser(forbid_dtd=True)
        handler = _Items(parser.getLineNumber)
        parser.setFeature(feature_namespaces, True)
        parser.setContentHandler(handler)
        try:
            while chunk := self._binary.read(_CHUNK_BYTES):
                parser.feed(chunk)
                yield from handler.done
                handler.done.clear()
            parser.close()
            yield from handler.done
        except SAXParseException as error:
            yield from handler.done
            yield RowProblem(error.getLineNumber() or 1, "import.broken_xml")
        except (DefusedXmlException, LookupError, ValueError):
            # Entities, or an encoding Python does not know or cannot decode.
            yield from handler.done
            yield RowProblem(parser.getLineNumber() or 1, "import.broken_xml")
