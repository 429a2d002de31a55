"""Every mail of the corpus, and what becomes of some when bytes change, is taken by the core."""

import random
from pathlib import Path
from typing import Any

import pytest

from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.protocol import Envelope, Raw
from stoa.contact.channels.receive import take
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.shops import make_shop, with_reactions

CORPUS = Path(__file__).parent / "corpus"
MAILS = [path.read_bytes() for path in sorted(CORPUS.glob("*/mail.eml"))]
CHANGED = 150
SETTINGS = {
    "address": "shop@stoa.example",
    "reception": "forward",
    "smtp_host": "127.0.0.1",
    "smtp_tls": "none",
}


def _changed(mail: bytes, chance: random.Random) -> bytes:
    made = bytearray(mail[:20_000])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        what = chance.random()
        if what < 0.4 and made:
            made[min(at, len(made) - 1)] = chance.randrange(256)
        elif what < 0.6:
            del made[at : at + chance.randint(1, 300)]
        elif what < 0.8:
            made[at:at] = chance.choice(
                [b"\x00", b"\xff", b"\r\n", b"=00", b"\xed\xa0\x80", b"&#0;"]
            )
        else:
            other = chance.choice(MAILS)
            begin = chance.randrange(len(other))
            made[at:at] = other[begin : begin + 500]
    return bytes(made)


@pytest.mark.parametrize("kind", ["as they are", "changed"])
async def test_no_mail_ends_in_a_fault_of_ours(
    kind: str, own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    async with own_database.begin() as session:
        inbox = await add_inbox(
            session,
            shop_id=shop.id,
            channel="email",
            name="Mail",
            settings=dict(SETTINGS),
            staff_id=None,
            key=settings.secret_key,
        )
    chance = random.Random(4)
    mails = MAILS
    if kind == "changed":
        mails = [_changed(chance.choice(MAILS), chance) for _ in range(CHANGED)]
    for number, content in enumerate(mails):
        envelope = Envelope(sender="a@b.example", recipients=["shop@stoa.example"])
        await take(node, inbox_id=inbox.id, raw=Raw(f"mail-{number}", content, envelope))
    rows = await own_database.pool.fetch(
        "SELECT external_id, state, attempts, problem FROM inbound"
        " WHERE attempts > 0 OR state = 'received' OR problem ->> 'reason' = 'internal'"
    )
    failed: list[dict[str, Any]] = [dict(row) for row in rows]
    assert failed == []
