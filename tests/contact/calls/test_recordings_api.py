"""Sound goes out in ranges and with an audit; it goes for good when it shall."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.contact.calls.recordings import storing
from stoa.contact.conversations.models import Sender
from stoa.platform.clock import now
from stoa.platform.ids import new_id
from tests.contact.calls.lab import Lab
from tests.contact.calls.rows import CallRows, a_call, end_call
from tests.factories.people import an_agent
from tests.servers.whole import at_the_desk

SOUND = b"OggS" + bytes(range(256)) * 40


@dataclass(frozen=True)
class Kept:
    """A recording of a call that is over, as the application of a lab serves it."""

    lab: Lab
    rows: CallRows
    id: UUID

    @property
    def path(self) -> str:
        return f"/api/desk/recordings/{self.id}/sound"

    async def file(self) -> Path | None:
        async with self.lab.database.read() as session:
            key = await session.fetch_value(
                "SELECT b.key FROM call_recording r JOIN blob b ON b.id = r.blob_id"
                " WHERE r.id = $1",
                self.id,
            )
        return self.lab.node.blobs.local_path(key) if key else None

    async def audit(self) -> list[str]:
        async with self.lab.database.read() as session:
            rows = await session.fetch(
                "SELECT action FROM audit_entry WHERE subject = $1 ORDER BY created_at, id",
                f"recording:{self.id}",
            )
        return [row["action"].removeprefix("recording.") for row in rows]

    async def age(self, seconds: float) -> None:
        """What was done with it is that much longer ago."""
        async with self.lab.database.begin() as session:
            await session.execute(
                "UPDATE audit_entry SET created_at = created_at - make_interval(secs => $2)"
                " WHERE subject = $1",
                f"recording:{self.id}",
                seconds,
            )


async def a_recording(lab: Lab, *, kind: storing.Kind = "call", sound: bytes = SOUND) -> Kept:
    rows = await a_call(lab.database, shop_id=lab.shop.id)
    stored = await lab.node.blobs.save(sound + str(rows.call_id).encode())
    async with lab.database.begin() as session:
        recording = await storing.begin(session, call_id=rows.call_id, kind=kind)
        await storing.keep(
            session,
            recording=recording,
            stored=stored,
            duration_ms=60_000,
            waveform=bytes(10),
            is_complete=True,
            due=now().date() + timedelta(days=90),
        )
    await end_call(lab.database, rows)
    return Kept(lab, rows, recording.id)


@asynccontextmanager
async def browser(
    lab: Lab, *, role: str = "agent", staff_id: UUID | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    person = (
        Sender(staff_id=staff_id)
        if staff_id
        else await an_agent(lab.database, name="Cy", role=role)
    )
    async with at_the_desk(lab.address, lab.database, person) as session:
        yield session


async def test_a_player_jumps_and_the_audit_has_one_listening(lab: Lab) -> None:
    kept = await a_recording(lab)
    async with browser(lab, role="supervisor") as cy:
        async with cy.get(kept.path, headers={"Range": "bytes=0-"}) as answer:
            assert (answer.status, answer.content_type) == (206, "audio/ogg")
            assert answer.headers["Cache-Control"] == "private, no-store"
            whole = await answer.read()
        assert whole.startswith(SOUND)
        for first in (100, 5_000, 300):
            ranges = {"Range": f"bytes={first}-{first + 49}"}
            async with cy.get(kept.path, headers=ranges) as answer:
                assert answer.status == 206
                assert await answer.read() == whole[first : first + 50]
        assert await kept.audit() == ["heard"]
        await kept.age(60)  # and again from the beginning
        async with cy.get(kept.path) as answer:
            assert (answer.status, await answer.read()) == (200, whole)
        assert await kept.audit() == ["heard", "heard"]


async def test_who_begins_in_the_middle_is_counted_too(lab: Lab) -> None:
    kept = await a_recording(lab)
    async with browser(lab, role="supervisor") as cy:
        async with cy.get(kept.path, headers={"Range": "bytes=1-"}) as answer:
            assert answer.status == 206
        assert await kept.audit() == ["heard"]


@pytest.mark.parametrize(
    ("kind", "role", "has_spoken", "status", "download"),
    [
        ("call", "agent", False, 403, 403),
        ("call", "agent", True, 200, 403),
        ("call", "supervisor", False, 200, 200),
        ("voicemail", "agent", False, 200, 403),
        ("voicemail", "administrator", False, 200, 200),
    ],
)
async def test_who_may_listen_and_who_may_take_it_away(
    lab: Lab, kind: Any, role: str, has_spoken: bool, status: int, download: int
) -> None:
    kept = await a_recording(lab, kind=kind)
    staff_id = kept.rows.staff_id if has_spoken else None
    async with browser(lab, role=role, staff_id=staff_id) as someone:
        async with someone.get(kept.path) as answer:
            assert answer.status == status
        async with someone.get(kept.path, params={"download": "1"}) as answer:
            assert answer.status == download
            if download == 200:
                assert answer.headers["Content-Disposition"].startswith("attachment")
    expected = ["heard"] * (status == 200) + ["downloaded"] * (download == 200)
    assert await kept.audit() == expected


async def test_nobody_else_gets_at_it(lab: Lab) -> None:
    kept = await a_recording(lab)
    async with aiohttp.ClientSession(lab.address) as stranger:
        for path in (kept.path, f"/api/desk/recordings/{kept.id}/audit"):
            async with stranger.get(path) as answer:
                assert answer.status == 401
        # A call's recording is not the customer's voicemail.
        async with stranger.get(f"/api/counter/recordings/{kept.id}/sound") as answer:
            assert answer.status == 404
    assert await kept.audit() == []


async def test_supervisors_see_who_listened(lab: Lab) -> None:
    kept = await a_recording(lab)
    path = f"/api/desk/recordings/{kept.id}/audit"
    async with browser(lab, staff_id=kept.rows.staff_id) as ada:
        async with ada.get(kept.path) as answer:
            assert answer.status == 200
        async with ada.get(path) as answer:
            assert answer.status == 403
    async with browser(lab, role="supervisor") as cy:
        async with cy.get(kept.path, params={"download": "1"}) as answer:
            assert answer.status == 200
        async with cy.get(path) as answer:
            entries = (await answer.json())["entries"]
    assert [(entry["act"], entry["name"]) for entry in entries] == [
        ("downloaded", "Cy"),
        ("heard", "Ada"),
    ]


async def test_deleted_sound_is_gone_for_good(lab: Lab) -> None:
    kept = await a_recording(lab)
    file = await kept.file()
    assert file is not None
    assert file.exists()
    async with browser(lab) as bo, bo.delete(f"/api/desk/recordings/{kept.id}") as answer:
        assert answer.status == 403
    assert file.exists()
    async with browser(lab, role="supervisor") as cy:
        for _ in range(2):
            async with cy.delete(f"/api/desk/recordings/{kept.id}") as answer:
                assert answer.status == 200
        async with cy.get(kept.path) as answer:
            assert answer.status == 404
        async with cy.delete(f"/api/desk/recordings/{new_id()}") as answer:
            assert answer.status == 404
    async with asyncio.timeout(20):
        while file.exists():
            await asyncio.sleep(0.05)
    async with lab.database.read() as session:
        row = await session.fetch_one("SELECT * FROM call_recording WHERE id = $1", kept.id)
        assert await session.fetch_value("SELECT count(*) FROM blob") == 0
    assert row is not None
    assert (row["state"], row["blob_id"], row["waveform"]) == ("deleted", None, b"")
    assert row["deleted_by"] is not None
    assert await kept.audit() == ["deleted"]


async def test_what_is_being_made_is_not_deleted(lab: Lab) -> None:
    rows = await a_call(lab.database, shop_id=lab.shop.id)
    async with lab.database.begin() as session:
        recording = await storing.begin(session, call_id=rows.call_id, kind="call")
    async with (
        browser(lab, role="supervisor") as cy,
        cy.delete(f"/api/desk/recordings/{recording.id}") as answer,
    ):
        assert (answer.status, (await answer.json())["code"]) == (409, "call.still_recording")
