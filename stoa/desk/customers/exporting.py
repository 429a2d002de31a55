"""Everything about one person as a file (GDPR articles 15 and 20): asked for, made, given, gone.

The file is a zip: `customer.json` for programs, `index.html` for people, and beside them what was
sent back and forth. It is made by a job that can be watched and stopped.
"""

import asyncio
import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
import structlog

from stoa.desk.customers.errors import ExportUnderWay
from stoa.desk.customers.export_page import render_page
from stoa.desk.customers.person import Person, PersonFile, read_person
from stoa.people.customers.errors import AlreadyErased
from stoa.people.customers.queries import get_customer
from stoa.people.customers.service import tell_of
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.jobs.dropping import drop_soon
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node
from stoa.platform.storage.blobs import read_in_chunks, record_blob

FOLDER = "exports"
# Far longer than making one takes.
LEFT_BEHIND = timedelta(days=1)
EXPORT_JOB = "customer.export"
LASTS = timedelta(days=7)
EXPORT_MAX_BYTES = 20 * 1024**3

log = structlog.get_logger()


class _Stopped(Exception):
    """Somebody stopped it, or the customer was erased meanwhile."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    customer_id: UUID
    key: str
    file_name: str


async def ask_export(session: Session, *, customer_id: UUID, by: UUID) -> UUID:
    """A file with everything about the customer will be made; returns the export.

    Raises:
        AlreadyErased: nothing is known of them.
        ExportUnderWay: one is being made already.
    """
    customer = await get_customer(session, customer_id=customer_id)
    if customer.erased_at is not None:
        raise AlreadyErased()
    await session.fetch_value(
        "SELECT id FROM customer WHERE id = $1 FOR NO KEY UPDATE", customer.id
    )
    if await session.fetch_value(
        "SELECT EXISTS (SELECT FROM customer_export WHERE customer_id = $1"
        " AND state IN ('waiting', 'running'))",
        customer.id,
    ):
        raise ExportUnderWay()
    export_id, moment = new_id(), now()
    await session.execute(
        "INSERT INTO customer_export (id, customer_id, staff_id, state, created_at, expires_at)"
        " VALUES ($1, $2, $3, 'waiting', $4, $5)",
        export_id,
        customer.id,
        by,
        moment,
        moment + LASTS,
    )
    tell_of(session, [customer.id])
    await enqueue(session, EXPORT_JOB, {"export_id": export_id})
    await record_audit(
        session,
        staff_id=by,
        action="customer.exported",
        subject=str(customer.id),
        details={},
    )
    return export_id


async def cancel_export(session: Session, *, export_id: UUID) -> None:
    """Nothing more is made of it; one that is done is gone.

    Raises:
        NotFound: no such export.
    """
    row = await session.fetch_one(
        "UPDATE customer_export e SET state = 'cancelled', blob_id = NULL, finished_at = $2"
        " FROM customer_export old WHERE e.id = $1 AND old.id = e.id"
        " RETURNING old.blob_id, old.customer_id",
        export_id,
        now(),
    )
    if row is None:
        raise NotFound()
    tell_of(session, [row["customer_id"]])
    await drop_soon(session, blob_ids=[row["blob_id"]])


async def exported_file(session: ReadSession, *, export_id: UUID) -> ExportedFile:
    """Raises:
    NotFound: there is no file, not yet or no more.
    """
    row = await session.fetch_one(
        "SELECT e.customer_id, b.key, e.created_at FROM customer_export e"
        " JOIN blob b ON b.id = e.blob_id WHERE e.id = $1 AND e.state = 'done'",
        export_id,
    )
    if row is None:
        raise NotFound()
    name = f"customer-{row['customer_id']}-{row['created_at'].date()}.zip"
    return ExportedFile(row["customer_id"], row["key"], name)


async def make_export(node: Node, payload: Payload) -> None:
    """The file is made and kept; run again, it is made again only if it was not."""
    export_id = UUID(payload["export_id"])
    try:
        await _make(node, export_id)
    except _Stopped:
        log.info("customer.export_stopped", export_id=str(export_id))
    except Exception:
        async with node.database.begin() as session:
            await session.execute(
                "UPDATE customer_export SET state = 'failed', finished_at = $2"
                " WHERE id = $1 AND state = 'running'",
                export_id,
                now(),
            )
        raise


async def expire_exports(node: Node) -> None:
    """Files whose time is up are gone, and what a process that died left of making one."""
    await asyncio.to_thread(_sweep, node.settings.data_dir / FOLDER)
    async with node.database.begin() as session:
        rows = await session.fetch(
            "UPDATE customer_export e SET blob_id = NULL, size_bytes = NULL, state = 'cancelled'"
            " FROM customer_export old WHERE old.id = e.id AND e.blob_id IS NOT NULL"
            " AND e.expires_at < $1 RETURNING old.blob_id",
            now(),
        )
        await drop_soon(session, blob_ids=[row["blob_id"] for row in rows])


def _sweep(folder: Path) -> None:
    before = time.time() - LEFT_BEHIND.total_seconds()
    for left in folder.glob("*") if folder.exists() else ():
        if left.is_dir() and left.stat().st_mtime < before:
            shutil.rmtree(left, ignore_errors=True)


async def _make(node: Node, export_id: UUID) -> None:
    async with node.database.begin() as session:
        customer_id = await session.fetch_value(
            "UPDATE customer_export SET state = 'running', steps_done = 0, finished_at = NULL"
            " WHERE id = $1 AND state IN ('waiting', 'running', 'failed') RETURNING customer_id",
            export_id,
        )
    if customer_id is None:
        raise _Stopped
    async with node.database.read() as session:
        person = await read_person(session, customer_id=customer_id)
    folder = node.settings.data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        path = Path(temporary) / "customer.zip"
        await _pack(node, export_id, person, path)
        stored = await node.blobs.save_stream(read_in_chunks(path), max_bytes=EXPORT_MAX_BYTES)
    async with node.database.begin() as session:
        blob = await record_blob(session, stored=stored, media_type="application/zip")
        kept = await session.execute(
            "UPDATE customer_export SET state = 'done', blob_id = $2, size_bytes = $3,"
            " steps_done = steps, finished_at = $4 WHERE id = $1 AND state = 'running'",
            export_id,
            blob.id,
            blob.size_bytes,
            now(),
        )
        tell_of(session, [customer_id])
        if kept == 0:
            await drop_soon(session, blob_ids=[blob.id])


async def _pack(node: Node, export_id: UUID, person: Person, path: Path) -> None:
    steps = len(person.files) + 2
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "customer.json", orjson.dumps(person.data, option=orjson.OPT_INDENT_2, default=str)
        )
        archive.writestr("index.html", render_page(person))
        await _tell(node, export_id, done=2, steps=steps)
        for number, file in enumerate(person.files, start=3):
            await asyncio.to_thread(_add_file, archive, file, node.blobs.local_path(file.key))
            await _tell(node, export_id, done=number, steps=steps)


def _add_file(archive: zipfile.ZipFile, file: PersonFile, path: Path) -> None:
    """A file whose bytes are lost is named in `customer.json` all the same."""
    if path.exists():
        archive.write(path, file.path)


async def _tell(node: Node, export_id: UUID, *, done: int, steps: int) -> None:
    async with node.database.begin() as session:
        count = await session.execute(
            "UPDATE customer_export SET steps_done = $2, steps = $3"
            " WHERE id = $1 AND state = 'running'",
            export_id,
            done,
            steps,
        )
    if count == 0:
        raise _Stopped
