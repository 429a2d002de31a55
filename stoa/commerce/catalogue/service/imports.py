"""Imports from the wish to the end: asked for, run, cancelled."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog

from stoa.commerce.catalogue.errors import ImportBusy, ImportOver
from stoa.commerce.catalogue.events import IMPORTS, ImportChanged
from stoa.commerce.catalogue.importing.drafts import ProductDraft, RowProblem, Target
from stoa.commerce.catalogue.importing.errors import UnreadableFile
from stoa.commerce.catalogue.importing.file import ImportFile
from stoa.commerce.catalogue.models import ImportRun, ImportState
from stoa.commerce.catalogue.queries.imports import COLUMNS, get_import, run_from
from stoa.commerce.catalogue.service.import_writer import Writer, Written
from stoa.commerce.catalogue.service.pictures import PICTURE_PROBLEMS_FROM
from stoa.commerce.shops.queries import get_shop
from stoa.platform.clock import now
from stoa.platform.database.session import Database, Session
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import enqueue

IMPORT_JOB = "catalogue.import"
ROWS_AT_ONCE = 500
PRODUCTS_AT_ONCE = 100
PROGRESS_SECONDS = 0.5
MAX_REPORTED = 10_000

log = structlog.get_logger()

Watch = Callable[[ImportRun], None]


class _Cancelled(Exception):
    """Somebody cancelled the import; what was written stays."""


async def create_import(
    session: Session,
    *,
    shop_id: UUID,
    file_name: str,
    is_dry_run: bool,
    total_bytes: int,
    blob_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> ImportRun:
    """An import waits. With a `blob_id` a job runs it, otherwise the caller does."""
    row = await session.fetch_one(
        "INSERT INTO import_run (id, shop_id, file_name, is_dry_run, state, total_bytes, blob_id,"
        " staff_id, created_at) VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8)"
        f" RETURNING {COLUMNS}",
        new_id(),
        shop_id,
        file_name[:200],
        is_dry_run,
        total_bytes,
        blob_id,
        staff_id,
        now(),
    )
    assert row is not None
    run = run_from(row)
    if blob_id is not None:
        await enqueue(session, IMPORT_JOB, {"run_id": run.id})
    _publish(session, run)
    return run


async def cancel_import(session: Session, *, run_id: UUID) -> ImportRun:
    """It stops at the next batch; what was written stays.

    Raises:
        NoSuchImport: there is none of this id.
        ImportOver: it has ended.
    """
    row = await session.fetch_one(
        "UPDATE import_run SET state = 'cancelled', finished_at = $2"
        f" WHERE id = $1 AND state IN ('waiting', 'running') RETURNING {COLUMNS}",
        run_id,
        now(),
    )
    if row is None:
        await get_import(session, run_id=run_id)
        raise ImportOver
    run = run_from(row)
    _publish(session, run)
    return run


async def perform_import(
    database: Database, *, run_id: UUID, path: Path, watch: Watch | None = None
) -> ImportRun:
    """The file is imported, whatever is wrong with it in the report. One that died half-way is
    begun again, which changes nothing in what it had written.

    Raises:
        ImportBusy: another import of the shop is running.
    """
    run = await _start(database, run_id)
    if run.state is not ImportState.RUNNING:
        return run
    running = _Running(database, run, watch)
    try:
        await running.read_and_write(path)
    except _Cancelled:
        async with database.read() as session:
            return await get_import(session, run_id=run_id)
    except UnreadableFile as error:
        return await running.finish(ImportState.FAILED, problem=error.code)
    except Exception:
        log.exception("import.failed", run_id=str(run_id))
        return await running.finish(ImportState.FAILED, problem="internal")
    return await running.finish(ImportState.DONE)


async def _start(database: Database, run_id: UUID) -> ImportRun:
    try:
        async with database.begin() as session:
            row = await session.fetch_one(
                "UPDATE import_run SET state = 'running', read_bytes = 0, counts = '{}'"
                f" WHERE id = $1 AND state IN ('waiting', 'running') RETURNING {COLUMNS}",
                run_id,
            )
            if row is None:
                return await get_import(session, run_id=run_id)
            await session.execute("DELETE FROM import_problem WHERE run_id = $1", run_id)
            return run_from(row)
    except asyncpg.UniqueViolationError as error:
        raise ImportBusy from error


class _Running:
    """An import while it runs: its counts, and the report as it grows."""

    def __init__(self, database: Database, run: ImportRun, watch: Watch | None) -> None:
        self._database = database
        self._run = run
        self._watch = watch
        self._reported = 0
        self._unreported: list[RowProblem] = []
        self._told_at = 0.0

    async def read_and_write(self, path: Path) -> None:
        async with self._database.read() as session:
            shop = await get_shop(session, shop_id=self._run.shop_id)
        target = Target(currency=shop.currency, locale=shop.default_locale, today=now().date())
        file = await asyncio.to_thread(ImportFile, path, target=target)
        try:
            self._run = replace(self._run, format=file.layout.format, total_bytes=file.total_bytes)
            await self._read(file)
            writer = Writer(
                self._database,
                shop=shop,
                run_id=self._run.id,
                is_dry_run=self._run.is_dry_run,
            )
            await self._write(file, writer)
        finally:
            await asyncio.to_thread(file.close)

    async def _read(self, file: ImportFile) -> None:
        is_done = False
        while not is_done:
            problems, is_done = await asyncio.to_thread(file.read_rows, ROWS_AT_ONCE)
            self._note(problems)
            self._run = replace(self._run, read_bytes=file.read_bytes)
            await self._tell()
        counts = replace(self._run.counts, products=file.products)
        self._run = replace(self._run, counts=counts, read_bytes=file.total_bytes)

    async def _write(self, file: ImportFile, writer: Writer) -> None:
        drafts = file.drafts()

        def take() -> list[ProductDraft]:
            return list(islice(drafts, PRODUCTS_AT_ONCE))

        while batch := await asyncio.to_thread(take):
            self._count(await writer.write(batch))
            await self._tell()

    def _note(self, problems: Sequence[RowProblem]) -> None:
        errors = sum(problem.is_error for problem in problems)
        counts = self._run.counts
        counts = replace(
            counts,
            errors=counts.errors + errors,
            warnings=counts.warnings + len(problems) - errors,
        )
        self._run = replace(self._run, counts=counts)
        room = MAX_REPORTED - self._reported - len(self._unreported)
        self._unreported.extend(problems[: max(room, 0)])

    def _count(self, written: Written) -> None:
        counts = self._run.counts
        counts = replace(
            counts,
            created=counts.created + written.counts.created,
            changed=counts.changed + written.counts.changed,
            unchanged=counts.unchanged + written.counts.unchanged,
            refused=counts.refused + written.refused,
        )
        self._run = replace(self._run, counts=counts)
        self._note(written.problems)

    async def _tell(self) -> None:
        """Every now and then the progress and the report so far are stored.

        Raises:
            _Cancelled: somebody cancelled it meanwhile.
        """
        if time.monotonic() - self._told_at < PROGRESS_SECONDS:
            return
        self._told_at = time.monotonic()
        async with self._database.begin() as session:
            await self._store(session)
        if self._watch:
            self._watch(self._run)

    async def finish(self, state: ImportState, *, problem: str | None = None) -> ImportRun:
        """It has ended so, unless it was cancelled in the last moment."""
        try:
            async with self._database.begin() as session:
                await self._store(session, state=state, problem=problem)
        except _Cancelled:
            pass
        async with self._database.read() as session:
            self._run = await get_import(session, run_id=self._run.id)
        if self._watch:
            self._watch(self._run)
        return self._run

    async def _store(
        self,
        session: Session,
        *,
        state: ImportState = ImportState.RUNNING,
        problem: str | None = None,
    ) -> None:
        row = await session.fetch_one(
            "UPDATE import_run SET state = $2, format = $3, total_bytes = $4, read_bytes = $5,"
            " counts = $6, problem = $7, finished_at = $8"
            f" WHERE id = $1 AND state = 'running' RETURNING {COLUMNS}",
            self._run.id,
            state,
            self._run.format,
            self._run.total_bytes,
            self._run.read_bytes,
            asdict(self._run.counts),
            problem,
            now() if state.is_over else None,
        )
        if row is None:
            raise _Cancelled
        await self._store_problems(session)
        run = run_from(row)
        if state.is_over:
            run = await _with_pictures(session, run)
        _publish(session, run)

    async def _store_problems(self, session: Session) -> None:
        problems, self._unreported = self._unreported, []
        if not problems:
            return
        await session.execute(
            "INSERT INTO import_problem (run_id, number, line, field, code, params, is_error)"
            " SELECT $1, w.* FROM unnest($2::int[], $3::int[], $4::text[], $5::text[],"
            " $6::jsonb[], $7::bool[]) AS w",
            self._run.id,
            [self._reported + n for n in range(len(problems))],
            [problem.line for problem in problems],
            [problem.field for problem in problems],
            [problem.code for problem in problems],
            [dict(problem.params) for problem in problems],
            [problem.is_error for problem in problems],
        )
        self._reported += len(problems)


async def _with_pictures(session: Session, run: ImportRun) -> ImportRun:
    """The pictures that failed while the import ran are counted. The caller holds its row."""
    failed = await session.fetch_value(
        "SELECT count(*) FROM import_problem WHERE run_id = $1 AND number >= $2",
        run.id,
        PICTURE_PROBLEMS_FROM,
    )
    counts = replace(run.counts, warnings=run.counts.warnings + failed)
    await session.execute("UPDATE import_run SET counts = $2 WHERE id = $1", run.id, asdict(counts))
    return replace(run, counts=counts)


def _publish(session: Session, run: ImportRun) -> None:
    session.publish(
        ImportChanged(
            run_id=run.id,
            shop_id=run.shop_id,
            state=run.state,
            progress=run.progress,
            counts=asdict(run.counts),
        ),
        topics=[IMPORTS],
    )
