"""What the clock sweeps away, and what it leaves."""

from datetime import timedelta
from pathlib import Path

from stoa.people.identity.jobs import sweep_sign_in
from stoa.people.identity.queries import signed_in
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.people import a_staff_token, an_agent


async def test_only_what_no_longer_matters_is_swept(own_database: Database, tmp_path: Path) -> None:
    agent = await an_agent(own_database)
    assert agent.staff_id is not None
    old, good = [await a_staff_token(own_database, staff_id=agent.staff_id) for _ in range(2)]
    del old
    async with own_database.begin() as session:
        await session.execute(
            "UPDATE staff_session SET expires_at = $1 WHERE id = (SELECT min(id::text)::uuid"
            " FROM staff_session)",
            now() - timedelta(days=100),
        )
    await sweep_sign_in(
        Node(
            settings=Settings(data_dir=tmp_path),
            database=own_database,
            blobs=LocalBlobStore(tmp_path / "blobs"),
        )
    )
    async with own_database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM staff_session") == 1
        assert (await signed_in(session, token=good)).staff.id == agent.staff_id
