"""Mailboxes that are larger, older or odder than most."""

import asyncio
import imaplib
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from stoa.contact.channels.email.fetching import fetching
from stoa.contact.channels.email.imap import _set_of
from stoa.contact.channels.email.progress import Progress, ProgressFile
from tests.contact.channels.email.conftest import Core, mail_of, settings_of
from tests.contact.channels.email.test_fetching import unique
from tests.servers.mail import PASSWORD, MailServers, running_mail
from tests.servers.ports import HOST


@pytest.mark.parametrize(
    ("uids", "text"),
    [([], ""), ([7], "7"), ([1, 2, 3, 7, 9, 10], "1:3,7,9:10"), ([3, 1, 2], "1:3")],
)
def test_names_many_mails_in_few_letters(uids: list[int], text: str) -> None:
    assert _set_of(uids) == text


async def test_takes_more_mails_than_a_line_of_the_servers_can_name(
    core: Core, tmp_path: Path
) -> None:
    with running_mail(imap_settings="imap_max_line_length = 600") as mail:
        settings = settings_of(mail, address="sales@shop.example")
        texts = [unique() for _ in range(421)]
        with imaplib.IMAP4_SSL(HOST, mail.imaps_port, ssl_context=mail.trust) as client:
            client.login("sales@shop.example", PASSWORD)
            client.select("INBOX")
            for text in texts:
                client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), mail_of(text))
            # Every other is gone, so that no range names them all.
            for begin in range(2, 421, 100):
                some = ",".join(map(str, range(begin, min(begin + 100, 421), 2)))
                client.uid("STORE", some, "+FLAGS", r"(\Deleted)")
            client.expunge()
        async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
            await core.until(lambda: core.taken >= 211)
    assert core.has(texts[0])
    assert core.has(texts[-1])


async def test_misses_nothing_when_the_server_counts_anew_after_a_long_while(
    mail: MailServers, core: Core, tmp_path: Path
) -> None:
    settings = settings_of(mail, address="sales@shop.example", imap_days=1)
    text, older = unique(), unique()
    with imaplib.IMAP4_SSL(HOST, mail.imaps_port, ssl_context=mail.trust) as client:
        client.login("sales@shop.example", PASSWORD)
        for days, each in ((5, text), (40, older)):
            came_at = imaplib.Time2Internaldate(time.time() - days * 86_400)
            client.append("INBOX", "", came_at, mail_of(each))
    file = ProgressFile(tmp_path / "imap.json")
    file.write(Progress(uid_validity=1, last_uid=1_000))
    week_ago = time.time() - 7 * 86_400
    os.utime(file.path, (week_ago, week_ago))
    async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
        await core.until(lambda: core.has(text))
    assert not core.has(older)


@asynccontextmanager
async def odd_server(contents: list[bytes | None]) -> AsyncIterator[int]:
    """An IMAP server that takes no marks, and gives nothing (NIL) of the mails that are None."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            said = _answers(command, contents)
            is_refused = " STORE " in command
            writer.writelines(said)
            writer.write(f"{tag} {'NO over quota' if is_refused else 'OK done'}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _answers(command: str, contents: list[bytes | None]) -> list[bytes]:
    uids = range(1, len(contents) + 1)
    if command.startswith("SELECT"):
        return [
            f"* {len(contents)} EXISTS\r\n".encode(),
            b"* OK [UIDVALIDITY 9] .\r\n",
            f"* OK [UIDNEXT {len(contents) + 1}] .\r\n".encode(),
            b"* OK [PERMANENTFLAGS (\\Seen \\*)] .\r\n",
        ]
    if command.startswith("UID SEARCH"):
        return [f"* SEARCH {' '.join(map(str, uids))}\r\n".encode()]
    if not command.startswith("UID FETCH"):
        return [b"* CAPABILITY IMAP4rev1\r\n"] if command == "CAPABILITY" else []
    asked = command.split()[2]
    wanted = [uid for uid in uids if _names(asked, uid)]
    if "RFC822.SIZE" in command:
        return [f"* {uid} FETCH (UID {uid} RFC822.SIZE 100)\r\n".encode() for uid in wanted]
    found = []
    for uid in wanted:
        content = contents[uid - 1]
        given = b"NIL" if content is None else b"{%d}\r\n%s" % (len(content), content)
        found.append(b"* %d FETCH (UID %d BODY[] %s)\r\n" % (uid, uid, given))
    return found


def _names(asked: str, uid: int) -> bool:
    for run in asked.split(","):
        first, _, last = run.partition(":")
        if int(first) <= uid <= int(last or first):
            return True
    return False


async def test_a_mail_that_the_server_does_not_give_is_asked_for_again(
    mail: MailServers, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.fetching.POLL_SECONDS", 0.05)
    monkeypatch.setattr("stoa.contact.channels.email.fetching.LEFT_SECONDS", 0.2)
    first, late = unique(), unique()
    contents: list[bytes | None] = [mail_of(first), None]
    async with odd_server(contents) as port:
        settings = settings_of(mail, imap_host="127.0.0.1", imap_port=port, imap_tls="none")
        async with fetching(core.line(settings, tmp_path), settings, tell=core.tell):
            await core.until(lambda: core.has(first))
            contents[1] = mail_of(late)
            await core.until(lambda: core.has(late))
        # Also where no mark is taken, the line is no broken one.
        assert core.told == [None]
    assert ProgressFile(tmp_path / "imap.json").read() == Progress(uid_validity=9, last_uid=2)
