"""Files: which kinds come in, what becomes of pictures, who gets them out."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.attachments import conversation_of_key, make_key
from stoa.contact.conversations.errors import FileTypeRefused
from stoa.contact.conversations.filetypes import clean_file_name, media_type_of
from stoa.contact.conversations.jobs import sweep_unsent
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import Refused, on_the_line


def a_picture(kind: str = "PNG", size: tuple[int, int] = (1200, 800), **options: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (31, 86, 115)).save(target, kind, **options)
    return target.getvalue()


def an_archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


DOCX = an_archive(**{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"<doc/>"})
MACROS = an_archive(
    **{"[Content_Types].xml": b"<Types/>", "word__document.xml": b"", "word__vbaProject.bin": b""}
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (a_picture(), "image/png"),
        (a_picture("JPEG"), "image/jpeg"),
        (a_picture("WEBP"), "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        ("Zażółć gęślą jaźń\n".encode(), "text/plain"),
        (("ł" * 4000).encode(), "text/plain"),
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            an_archive(mimetype=b"application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (b"", None),
        (b"\x7fELF\x02\x01\x01", None),
        (b"MZ\x90\x00", None),
        (b"<!DOCTYPE html><script>alert(1)</script>", None),
        (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<?xml version='1.0'?><html/>", None),
        (MACROS, None),
        (an_archive(anything=b"x"), None),
        (b"PK\x03\x04 broken", None),
        (b"\xff\xfe\x00\x01", None),
    ],
)
def test_the_kind_is_in_the_bytes(tmp_path: Path, content: bytes, expected: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    if expected is None:
        with pytest.raises(FileTypeRefused):
            media_type_of(path)
    else:
        assert media_type_of(path) == expected


@given(st.text(max_size=300))
def test_names_are_safe_to_show_and_to_save(name: str) -> None:
    cleaned = clean_file_name(quote(name))
    assert cleaned
    assert len(cleaned) <= 150
    assert not set(cleaned) & set('/\\"<>|:*?\n\r\t\0')
    assert cleaned not in (".", "..")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:%5Cfakepath%5Cbill.pdf", "bill.pdf"),
        ("r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        ("evil%E2%80%AEfdp.exe", "evilfdp.exe"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_file_names(header: str, expected: str) -> None:
    assert clean_file_name(header) == expected


def test_a_key_opens_its_conversation_and_no_other() -> None:
    conversation_id = uuid4()
    key = make_key(b"secret", conversation_id=conversation_id)
    assert conversation_of_key(b"secret", key=key) == conversation_id
    assert conversation_of_key(b"other", key=key) is None
    id_, expires, signature = key.split(".")
    assert conversation_of_key(b"secret", key=f"{uuid4()}.{expires}.{signature}") is None
    assert conversation_of_key(b"secret", key=f"{id_}.{int(expires) + 9}.{signature}") is None
    for nonsense in (None, "", "..", "a.b.c", f"{id_}.1.{signature}", f"{id_}.{expires}.é"):
        assert conversation_of_key(b"secret", key=nonsense) is None


@pytest.fixture
async def customer(address: str, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    _, token = await a_visitor(database)
    async with aiohttp.ClientSession(
        address, headers={"Authorization": f"Bearer {token}"}
    ) as session:
        yield session


async def upload(
    who: aiohttp.ClientSession, content: bytes, name: str = "photo.png"
) -> aiohttp.ClientResponse:
    return await who.post("/api/attachments", data=content, headers={"X-File-Name": name})


async def test_a_picture_travels_with_a_message_to_its_participants_only(
    address: str, database: Database, shop: Shop, customer: aiohttp.ClientSession
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"  # ImageDescription
    exif[0x0112] = 6  # Orientation: turned by a quarter
    answer = await upload(customer, a_picture("JPEG", exif=exif), "h%C3%A9.jpg")
    assert answer.status == 200, await answer.text()
    file = await answer.json()
    assert (file["file_name"], file["media_type"]) == ("hé.jpg", "image/jpeg")
    assert (file["width"], file["height"], file["has_preview"]) == (800, 1200, True)
    token = customer.headers["Authorization"].removeprefix("Bearer ")
    async with on_the_line(address, surface="counter", token=token) as line:
        started = await line.ask(
            "conversation.start",
            shop_id=str(shop.id),
            client_id="client-picture",
            locale="en",
            attachments=[file["id"]],
        )
        again = await line.ask(
            "message.send",
            conversation_id=started["message"]["conversation_id"],
            client_id="client-picture",
            attachments=[file["id"]],
        )
        assert again["id"] == started["message"]["id"]
        with pytest.raises(Refused, match="attachment_unknown"):
            await line.ask(
                "message.send",
                conversation_id=started["message"]["conversation_id"],
                client_id="client-other-message",
                attachments=[file["id"]],
            )
    [message] = started["conversation"]["timeline"]["messages"]
    assert message["attachments"] == [file]
    preview = await customer.get(f"/api/attachments/{file['id']}/preview")
    assert preview.headers["Content-Type"] == "image/webp"
    assert "sandbox" in preview.headers["Content-Security-Policy"]
    with Image.open(io.BytesIO(await preview.read())) as small:
        assert max(small.size) == 640
        assert small.height > small.width
        assert not small.getexif()
    agent = await an_agent(database)
    assert agent.staff_id is not None
    staff = await a_staff_token(database, staff_id=agent.staff_id)
    async with aiohttp.ClientSession(address, cookies={"stoa_staff": staff}) as desk:
        assert (await desk.get(f"/api/attachments/{file['id']}")).status == 200
    _, other = await a_visitor(database)
    async with aiohttp.ClientSession(address) as stranger:
        for headers in ({}, {"Authorization": f"Bearer {other}"}):
            answer = await stranger.get(f"/api/attachments/{file['id']}", headers=headers)
            assert answer.status == 404
        key = started["conversation"]["attachment_key"]
        answer = await stranger.get(f"/api/attachments/{file['id']}", params={"key": key})
        assert answer.status == 200


async def test_documents_are_offered_for_download(customer: aiohttp.ClientSession) -> None:
    file = await (await upload(customer, b"%PDF-1.7\n", "bill.pdf")).json()
    answer = await customer.get(f"/api/attachments/{file['id']}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert await answer.read() == b"%PDF-1.7\n"
    assert (await customer.get(f"/api/attachments/{file['id']}/preview")).status == 404


async def test_what_is_refused_leaves_nothing(
    address: str, database: Database, customer: aiohttp.ClientSession
) -> None:
    async def counts() -> tuple[int, int]:
        async with database.read() as session:
            row = await session.fetch_one(
                "SELECT (SELECT count(*) FROM attachment) AS a, (SELECT count(*) FROM blob) AS b"
            )
        assert row is not None
        return row["a"], row["b"]

    before = await counts()
    for content, status in (
        (b"MZ\x90\x00", 415),
        (b"<html></html>", 415),
        (b"\x89PNG\r\n\x1a\nbroken", 415),
        (a_picture(size=(8000, 7000)), 415),
        (b"x" * 300_001, 413),
        (b"", 415),
    ):
        answer = await upload(customer, content)
        assert answer.status == status, (status, await answer.text())
    async with aiohttp.ClientSession(address) as stranger:
        assert (await upload(stranger, a_picture())).status == 401
    assert await counts() == before


async def test_nobody_sends_another_persons_file(
    address: str, database: Database, shop: Shop, customer: aiohttp.ClientSession
) -> None:
    file = await (await upload(customer, a_picture())).json()
    _, token = await a_visitor(database)
    async with on_the_line(address, surface="counter", token=token) as thief:
        with pytest.raises(Refused, match="attachment_unknown"):
            await thief.ask(
                "conversation.start",
                shop_id=str(shop.id),
                client_id="client-thief",
                locale="en",
                attachments=[file["id"]],
            )


async def test_an_unsent_file_is_swept_after_a_day(
    database: Database, customer: aiohttp.ClientSession, tmp_path: Path
) -> None:
    unsent = await (await upload(customer, b"never sent")).json()
    fresh = await (await upload(customer, b"just uploaded")).json()
    async with database.begin() as session:
        await session.execute(
            "UPDATE attachment SET created_at = $2 WHERE id = $1",
            unsent["id"],
            now() - timedelta(days=2),
        )
    await sweep_unsent(
        Node(
            settings=Settings(data_dir=tmp_path),
            database=database,
            blobs=LocalBlobStore(tmp_path / "blobs"),
        )
    )
    assert (await customer.get(f"/api/attachments/{unsent['id']}")).status == 404
    assert (await customer.get(f"/api/attachments/{fresh['id']}")).status == 200
    assert (await customer.get(f"/api/attachments/{new_id()}")).status == 404
