"""Rows of delimited text with their line numbers, whatever a stranger put into the file."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from stoa.commerce.catalogue.importing.drafts import Row, RowProblem
from stoa.commerce.catalogue.importing.encoding import detect_encoding

MAX_RECORD_CHARS = 256 * 1024
MAX_RECORD_LINES = 2_000
MAX_LINE_CHARS = 1024 * 1024
MAX_UNCLOSED = 100
DELIMITERS = (",", ";", "\t", "|")


class _Unclosed(Exception):
    """A record went on for too long: its quote was never closed."""


class _EndlessLine(Exception):
    """A single line is longer than any row; it was passed over."""


class _Lines:
    """Lines of text with their numbers. What a broken record swallowed can be read again."""

    def __init__(self, file: io.TextIOBase) -> None:
        self._file = file
        self._again: list[str] = []
        self.number = 0
        self.record: list[str] = []
        self.size = 0

    def start_record(self) -> None:
        self.record, self.size = [], 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._file.readline(MAX_LINE_CHARS)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == MAX_LINE_CHARS and not line.endswith(("\n", "\r")):
            while (rest := self._file.readline(MAX_LINE_CHARS)) and not rest.endswith("\n"):
                pass
            raise _EndlessLine
        self.record.append(line)
        self.size += len(line)
        if len(self.record) > 1 and (
            self.size > MAX_RECORD_CHARS or len(self.record) > MAX_RECORD_LINES
        ):
            raise _Unclosed
        return line

    def give_back_all_but_first(self) -> None:
        self._again.extend(reversed(self.record[1:]))
        self.number -= len(self.record) - 1


class DelimitedFile:
    """A CSV or TSV file, open; its header is read. `close` it."""

    def __init__(self, path: Path) -> None:
        self.encoding = detect_encoding(path)
        self.total_bytes = path.stat().st_size
        self._binary: BinaryIO = path.open("rb")
        # Bytes that do not fit are kept in sight: the row they stand in is refused.
        errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        text = io.TextIOWrapper(self._binary, encoding=self.encoding, errors=errors, newline="")
        self._lines = _Lines(text)
        self._unclosed = 0
        self.header, self.delimiter = self._read_header()

    @property
    def read_bytes(self) -> int:
        return self._binary.tell()

    def close(self) -> None:
        self._binary.close()

    def _read_header(self) -> tuple[list[str], str]:
        try:
            for line in self._lines:
                self._lines.start_record()
                if line.strip():
                    delimiter = max(DELIMITERS, key=line.count)
                    header = next(csv.reader([line], delimiter=delimiter), [])
                    return [name.strip().strip("\ufeff") for name in header], delimiter
        except (_EndlessLine, csv.Error):
            pass  # no header: the caller finds no layout for it
        return [], ","

    def rows(self, columns: Sequence[str | None]) -> Iterator[Row | RowProblem]:
        """Every row under the names of its columns, or what is wrong with it."""
        for line, cells in self._records():
            yield cells if isinstance(cells, RowProblem) else _row(line, cells, columns)

    def _records(self) -> Iterator[tuple[int, list[str] | RowProblem]]:
        reader = csv.reader(self._lines, delimiter=self.delimiter)
        while self._unclosed <= MAX_UNCLOSED:
            self._lines.start_record()
            line = self._lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (_Unclosed, _EndlessLine, csv.Error) as error:
                is_unclosed = isinstance(error, _Unclosed) or len(self._lines.record) > 1
                if is_unclosed:
                    self._unclosed += 1
                    self._lines.give_back_all_but_first()
                code = "import.unclosed_quote" if is_unclosed else "import.field_too_large"
                reader = csv.reader(self._lines, delimiter=self.delimiter)
                yield line, RowProblem(line, code)
                continue
            if cells and any(cells):
                yield line, cells
        yield self._lines.number, RowProblem(self._lines.number, "import.too_many_problems")


def _row(line: int, cells: Sequence[str], columns: Sequence[str | None]) -> Row | RowProblem:
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        return RowProblem(
            line, "import.wrong_columns", params={"count": len(cells), "expected": len(columns)}
        )
    values: dict[str, str] = {}
    for name, cell in zip(columns, cells, strict=False):
        if name is None or not cell:
            continue
        text = cell.strip()
        if not text.isascii() and not _is_whole(text):
            return RowProblem(line, "import.broken_encoding", field=name)
        if "\x00" in text:
            return RowProblem(line, "import.broken_encoding", field=name)
        if text:
            values[name] = text
    return Row(line, values)


def _is_whole(text: str) -> bool:
    """No byte of `text` was left over by decoding, and no character was lost before."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\ufffd" not in text
