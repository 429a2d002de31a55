"""A file being imported: what it is, its rows put aside, its products taken out one by one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stoa.commerce.catalogue.importing import google, shopify, woocommerce
from stoa.commerce.catalogue.importing.drafts import (
    Layout,
    ProductDraft,
    Row,
    RowProblem,
    Target,
    without_variants,
)
from stoa.commerce.catalogue.importing.errors import EmptyFile, UnknownFormat
from stoa.commerce.catalogue.importing.google_xml import XmlFeed
from stoa.commerce.catalogue.importing.rows import DelimitedFile
from stoa.commerce.catalogue.importing.spool import MAX_ROWS_PER_PRODUCT, Spool
from stoa.commerce.catalogue.schemas import VariantRecord
from stoa.platform.errors import Param

_LAYOUTS = (shopify.layout_for, woocommerce.layout_for, google.tsv_layout_for)


class ImportFile:
    """Everything about it is synchronous and meant for a thread of its own; `close` it.

    First `read_rows` until it is done, then `drafts`.

    Raises:
        EmptyFile: there is nothing in it.
        UnknownFormat: it is none of the kinds we read.
    """

    def __init__(self, path: Path, *, target: Target) -> None:
        if path.stat().st_size == 0:
            raise EmptyFile
        self._target = target
        self.layout: Layout
        self._source: XmlFeed | DelimitedFile
        if _looks_like_xml(path):
            self._source, self.layout = XmlFeed(path), google.xml_layout()
            self._rows = self._source.rows()
        else:
            self._source = DelimitedFile(path)
            self.layout = self._layout(self._source)
            self._rows = self._source.rows(self.layout.columns)
        self._spool = Spool()
        self.total_bytes = self._source.total_bytes
        self.products = 0

    def _layout(self, source: DelimitedFile) -> Layout:
        for layout_for in _LAYOUTS:
            if layout := layout_for(source.header):
                return layout
        source.close()
        raise UnknownFormat

    @property
    def encoding(self) -> str:
        return self._source.encoding

    @property
    def read_bytes(self) -> int:
        return self._source.read_bytes

    def close(self) -> None:
        self._source.close()
        self._spool.close()

    def read_rows(self, limit: int) -> tuple[list[RowProblem], bool]:
        """At most `limit` further rows are put aside: (what is wrong with them, whether all are
        read now)."""
        problems: list[RowProblem] = []
        for _ in range(limit):
            row = next(self._rows, None)
            if row is None:
                self.products = self._spool.finish()
                return problems, True
            if isinstance(row, Row):
                grouping = self.layout.group(row)
                if isinstance(grouping, RowProblem):
                    problems.append(grouping)
                else:
                    self._spool.add(row, grouping)
            else:
                problems.append(row)
        return problems, False

    def drafts(self) -> Iterator[ProductDraft]:
        """Every product of the file, in the order of their first lines."""
        for rows, beyond in self._spool.products():
            draft = self.layout.assemble(rows, self._target)
            if beyond:
                too_many = tuple(
                    RowProblem(line, "import.too_many_variants", "", {"max": MAX_ROWS_PER_PRODUCT})
                    for line in beyond
                )
                draft = replace(draft, problems=(*draft.problems, *too_many))
            yield self._with_own_skus(draft)

    def _with_own_skus(self, draft: ProductDraft) -> ProductDraft:
        """Without the variants whose SKU an earlier line of the file has."""
        if draft.record is None:
            return draft
        problems = list(draft.problems)
        kept: list[tuple[VariantRecord, int]] = []
        for variant, line in zip(draft.record.variants, draft.variant_lines, strict=True):
            first = self._spool.claim_sku(variant.sku, line=line)
            if first is None:
                kept.append((variant, line))
            else:
                params: dict[str, Param] = {"sku": variant.sku, "other_line": first}
                problems.append(RowProblem(line, "import.duplicate_sku", "sku", params))
        if len(kept) == len(draft.record.variants):
            return draft
        return without_variants(draft, kept, problems)


def _looks_like_xml(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(1024)
    plain = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<")
