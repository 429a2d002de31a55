"""Mail comes in from a real dovecot: at once, once each, and whatever happens on the way."""

import asyncio
import imaplib
import json
import os
import resource
import threading
import time
from pathlib import Path

import pytest

from stoa.contact.channels.email.fetching import IDLE_SECONDS, SIZE_PROOF, STOP_SECONDS, fetching
from stoa.contact.channels.email.settings import EmailSettings
from stoa.platform.ids import new_id
from tests.contact.channels.email.conftest import Core, mail_of, settings_of
from tests.servers.mail import PASSWORD, MailServers, running_mail
from tests.servers.ports import HOST


def unique() -> str:
    return f"text-{new_id().hex}"


async def test_takes_what_comes_in_while_it_waits(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    before, after = unique(), unique()
    mail.deliver(mail_of(before), to="shop@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(before))
        await asyncio.sleep(0.2)  # it waits in IDLE now, or soon
        mail.post(mail_of(after), to="shop@shop.example", sender="anna@customer.example")
        # It would look by itself only much later.
        await core.until(lambda: core.has(after), seconds=IDLE_SECONDS / 9)
    assert core.told == [None]


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
async def test_reads_by_every_kind_of_line(
    mail: MailServers, core: Core, tmp_path: Path, tls: str
) -> None:
    port = mail.imaps_port if tls == "implicit" else mail.imap_port
    settings = settings_of(mail, imap_tls=tls, imap_port=port)
    text = unique()
    mail.deliver(mail_of(text), to="shop@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(text))


async def test_takes_nothing_twice_after_a_restart(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    first, second = unique(), unique()
    mail.deliver(mail_of(first), to="shop@shop.example")
    line = core.line(settings, tmp_path)
    async with fetching(line, settings, tell=core.tell):
        await core.until(lambda: core.has(first))
    taken = core.taken
    mail.deliver(mail_of(second), to="shop@shop.example")
    async with fetching(line, settings, tell=core.tell):
        await core.until(lambda: core.has(second))
    assert core.taken == taken + 1


@pytest.mark.parametrize("note", ["gone", "broken", "of another mailbox"])
async def test_goes_by_the_marks_when_its_own_note_is_of_no_use(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path, note: str
) -> None:
    first, second = unique(), unique()
    mail.deliver(mail_of(first), to="shop@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(first))
    taken = core.taken
    file = tmp_path / "imap.json"
    if note == "gone":
        file.unlink()
    else:
        content = json.dumps({"uid_validity": 1, "last_uid": 10**6})
        file.write_text(content if note == "of another mailbox" else content[:9])
    mail.deliver(mail_of(second), to="shop@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(second))
    assert core.taken == taken + 1


async def test_ends_soon_and_leaves_no_thread(
    settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.told)
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < STOP_SECONDS, "it did not sleep on"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("imap ")]


async def test_goes_on_after_the_line_was_cut(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    text = unique()
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.told)
        mail.cut_imap()
        await core.until(lambda: core.was_told("imap_line_lost"))
        mail.deliver(mail_of(text), to="shop@shop.example")
        await core.until(lambda: core.has(text))
        assert core.told[-1] is None


async def test_goes_on_after_the_server_was_away(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    text = unique()
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.told)
        await asyncio.to_thread(mail.stop_dovecot)
        try:
            await core.until(lambda: core.was_told("imap_unreachable"))
        finally:
            await asyncio.to_thread(mail.start_dovecot)
        mail.deliver(mail_of(text), to="shop@shop.example")
        await core.until(lambda: core.has(text))
        assert core.told[-1] is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"imap_password": "wrong"}, "imap_login"),
        ({"imap_folder": "Nowhere"}, "imap_folder"),
        ({"ca_certificate": ""}, "imap_not_trusted"),
        ({"imap_port": 1}, "imap_unreachable"),
        ({"imap_password": "zażółć"}, "imap_login"),
    ],
)
async def test_says_why_the_mailbox_cannot_be_read(
    mail: MailServers, core: Core, tmp_path: Path, wrong: dict[str, str], reason: str
) -> None:
    settings = settings_of(mail, **wrong)
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.was_told(reason))
    assert core.raws == {}


async def test_one_mail_that_cannot_be_stored_stops_nobody(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    bad, good = unique(), unique()
    core.fails = lambda raw: bad.encode() in raw.content
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.told)
        mail.deliver(mail_of(bad), to="shop@shop.example")
        mail.deliver(mail_of(good), to="shop@shop.example")
        await core.until(lambda: core.has(good))
        assert not core.has(bad)
    core.fails = lambda raw: False
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(bad))


async def test_keeps_what_came_while_nothing_could_be_stored(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    texts = [unique() for _ in range(6)]
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.told)
        core.fails = lambda raw: True
        for text in texts:
            mail.deliver(mail_of(text), to="shop@shop.example")
        await core.until(lambda: core.was_told("not_stored"))
        core.fails = lambda raw: False
        await core.until(lambda: all(core.has(text) for text in texts))


async def test_the_same_mail_delivered_twice_is_one(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    text, last = unique(), unique()
    same = mail_of(text)
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        mail.deliver(same, to="shop@shop.example")
        await core.until(lambda: core.has(text))
        taken = core.taken
        mail.post(same, to="shop+again@shop.example", sender="anna@customer.example")
        await core.until(lambda: core.taken > taken)
        mail.deliver(mail_of(last), to="shop@shop.example")
        await core.until(lambda: core.has(last))
    assert core.count(text) == 1


async def test_a_forged_message_id_hides_nobodys_mail(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    forged, real = unique(), unique()
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        mail.deliver(mail_of(forged, message_id="<1@c>"), to="shop@shop.example")
        mail.deliver(mail_of(real, message_id="<1@c>"), to="shop@shop.example")
        await core.until(lambda: core.has(real) and core.has(forged))


async def test_takes_fifty_megabytes_and_only_the_headers_of_more(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    line = b"x" * 76 + b"\r\n"
    large = mail_of(unique(), subject="large") + line * (49 * 1024 * 1024 // len(line))
    larger = mail_of(unique(), subject="larger still") + line * (51 * 1024 * 1024 // len(line))
    small = unique()
    for content in (large, larger, mail_of(small)):
        await asyncio.to_thread(mail.deliver, content, to="shop@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(small), seconds=60)
    found = {len(raw.content): raw for raw in core.raws.values()}
    assert any(size >= len(large) for size in found)
    [marked] = [raw for raw in core.raws.values() if raw.envelope.proofs]
    assert int(marked.envelope.proofs[SIZE_PROOF]) >= len(larger)
    assert b"larger still" in marked.content
    assert len(marked.content) < 5_000


async def test_leaves_old_mail_where_it_is(mail: MailServers, core: Core, tmp_path: Path) -> None:
    settings = settings_of(mail, address="sales@shop.example", imap_days=1)
    old, new = unique(), unique()
    with imaplib.IMAP4_SSL(HOST, mail.imaps_port, ssl_context=mail.trust) as client:
        client.login("sales@shop.example", PASSWORD)
        came_at = imaplib.Time2Internaldate(time.time() - 5 * 86_400)
        client.append("INBOX", "", came_at, mail_of(old))
    mail.deliver(mail_of(new), to="sales@shop.example")
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(new))
    assert not core.has(old)


async def test_waits_and_ends_in_a_process_with_thousands_of_open_files(
    mail: MailServers, settings: EmailSettings, core: Core, tmp_path: Path
) -> None:
    text = unique()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 3000), before[1]))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1500)]
    try:
        broken = settings_of(mail, imap_port=1)
        async with fetching(core.line(broken, tmp_path), broken, tell=core.tell):
            await core.until(lambda: core.was_told("imap_unreachable"))
        async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
            mail.deliver(mail_of(text), to="shop@shop.example")
            await core.until(lambda: core.has(text))
    finally:
        for number in held:
            os.close(number)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_asks_now_and_then_where_the_server_cannot_tell(
    core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.fetching.POLL_SECONDS", 0.2)
    without_idle = "imap_capability = IMAP4rev1 LITERAL+ AUTH=PLAIN"
    with running_mail(imap_settings=without_idle) as mail:
        settings = settings_of(mail)
        text = unique()
        async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
            await core.until(lambda: core.told)
            mail.deliver(mail_of(text), to="shop@shop.example")
            await core.until(lambda: core.has(text))
        assert b"IDLE" not in (mail.folder / "dovecot.log").read_bytes()
