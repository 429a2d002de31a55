"""A centre, and a shop that has a line to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.sms.shopfront import Shopfront
from tests.factories.shops import make_shop, with_reactions
from tests.factories.sms import an_sms_inbox, smsc_at
from tests.servers.smsc import Smsc, running_smsc


@pytest.fixture
async def smsc() -> AsyncIterator[Smsc]:
    async with running_smsc() as running:
        yield running


@pytest.fixture
async def front(
    smsc: Smsc, own_database: Database, own_database_url: str, tmp_path: Path
) -> Shopfront:
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    async with own_database.begin() as session:
        # Whatever the hour at which the tests run.
        await session.execute(
            "UPDATE shop SET settings ="
            " jsonb_set(settings, '{limits}', '{\"is_urgent_exempt\": true}')"
        )
        inbox = await an_sms_inbox(
            session,
            shop_id=shop.id,
            key=settings.secret_key,
            carrier=smsc_at(smsc.port, per_second=1000, window=50, answer_seconds=20),
        )
    return Shopfront(node, shop, inbox, own_database_url)
