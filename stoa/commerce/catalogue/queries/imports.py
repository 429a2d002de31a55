"""Imports and their reports."""

from uuid import UUID

from stoa.commerce.catalogue.errors import NoSuchImport
from stoa.commerce.catalogue.models import ImportCounts, ImportProblem, ImportRun, ImportState
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.web.paging import Page, decode_cursor, encode_cursor

COLUMNS = """id, shop_id, file_name, format, is_dry_run, state, total_bytes, read_bytes, counts,
    problem, blob_id, created_at, finished_at"""


def run_from(row: Row) -> ImportRun:
    values = dict(row)
    values["state"] = ImportState(values["state"])
    values["counts"] = ImportCounts(**values["counts"])
    return ImportRun(**values)


async def get_import(session: ReadSession, *, run_id: UUID) -> ImportRun:
    """The import.

    Raises:
        NoSuchImport: there is none of this id.
    """
    row = await session.fetch_one(f"SELECT {COLUMNS} FROM import_run WHERE id = $1", run_id)
    if row is None:
        raise NoSuchImport
    return run_from(row)


async def list_imports(
    session: ReadSession, *, shop_id: UUID, limit: int = 20
) -> tuple[ImportRun, ...]:
    """The newest imports, the newest first."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM import_run WHERE shop_id = $1"
        " ORDER BY created_at DESC, id DESC LIMIT $2",
        shop_id,
        limit,
    )
    return tuple(run_from(row) for row in rows)


async def import_report(
    session: ReadSession, *, run_id: UUID, cursor: str | None = None, limit: int = 100
) -> Page[ImportProblem]:
    """What was wrong with the file, by line."""
    key = decode_cursor(cursor, size=2) or [-1, -1]
    line, number = (part if isinstance(part, int) and part < 2**31 else -1 for part in key)
    rows = await session.fetch(
        "SELECT number, line, field, code, params, is_error FROM import_problem"
        " WHERE run_id = $1 AND (line, number) > ($2, $3) ORDER BY line, number LIMIT $4",
        run_id,
        line,
        number,
        limit + 1,
    )
    problems = [ImportProblem(**row) for row in rows[:limit]]
    last = problems[-1] if len(rows) > limit else None
    return Page(problems, encode_cursor(last.line, last.number) if last else None)


async def pictures_to_fetch(session: ReadSession, *, run_id: UUID) -> int:
    """How many pictures that stood in the file are still to be fetched."""
    count: int = await session.fetch_value(
        "SELECT count(*) FROM import_picture i JOIN picture p ON p.id = i.picture_id"
        " WHERE i.run_id = $1 AND p.state = 'waiting'",
        run_id,
    )
    return count
