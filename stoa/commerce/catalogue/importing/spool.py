"""Rows put aside on disk and taken out again product by product, in the file's order.

Variants of a product need not stand together in a file, and a file may be larger than memory.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import orjson

from stoa.commerce.catalogue.importing.drafts import Grouping, Row

_AT_ONCE = 200
MAX_ROWS_PER_PRODUCT = 5_000


class Spool:
    """A temporary database of rows; gone when it is closed. Used by one thread at a time."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="stoa-import-")
        self._sql = sqlite3.connect(
            Path(self._folder.name) / "rows.sqlite", check_same_thread=False, isolation_level=None
        )
        self._sql.executescript(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
            CREATE TABLE row (key TEXT, line INTEGER, data BLOB);
            CREATE TABLE alias (alias TEXT PRIMARY KEY, key TEXT) WITHOUT ROWID;
            CREATE TABLE sku (sku TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID;
            BEGIN;
            """
        )
        self._waiting: list[tuple[str, int, bytes]] = []

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._sql.close()
        self._folder.cleanup()

    def add(self, row: Row, grouping: Grouping) -> None:
        self._waiting.append((grouping.key, row.line, orjson.dumps(row.values)))
        if grouping.aliases:
            self._sql.executemany(
                "INSERT OR IGNORE INTO alias VALUES (?, ?)",
                [(alias, grouping.key) for alias in grouping.aliases],
            )
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._sql.executemany("INSERT INTO row VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def finish(self) -> int:
        """All rows are in; returns how many products they make."""
        self._flush()
        self._sql.executescript(
            """
            UPDATE row SET key = (SELECT a.key FROM alias a WHERE a.alias = row.key)
            WHERE key IN (SELECT alias FROM alias);
            CREATE TABLE product AS
                SELECT key, min(line) AS first, count(*) AS rows FROM row GROUP BY key;
            CREATE INDEX row_key ON row (key, line);
            CREATE INDEX product_first ON product (first, key);
            BEGIN;
            """
        )
        count: int = self._sql.execute("SELECT count(*) FROM product").fetchone()[0]
        return count

    def products(self) -> Iterator[tuple[list[Row], Sequence[int]]]:
        """The rows of each product, by line; the lines of rows beyond the most a product has."""
        cursor = self._sql.execute("SELECT key FROM product ORDER BY first, key")
        for (key,) in cursor:
            rows: list[Row] = []
            beyond: list[int] = []
            for line, data in self._sql.execute(
                "SELECT line, data FROM row WHERE key = ? ORDER BY line", (key,)
            ):
                if len(rows) < MAX_ROWS_PER_PRODUCT:
                    rows.append(Row(line, orjson.loads(data)))
                elif len(beyond) < 100:
                    beyond.append(line)
            yield rows, beyond

    def claim_sku(self, sku: str, *, line: int) -> int | None:
        """None when the SKU is this line's from now on, else the line that has it."""
        taken = self._sql.execute(
            "INSERT OR IGNORE INTO sku VALUES (?, ?) RETURNING line", (sku, line)
        ).fetchone()
        if taken is not None:
            return None
        first: int = self._sql.execute("SELECT line FROM sku WHERE sku = ?", (sku,)).fetchone()[0]
        return first
