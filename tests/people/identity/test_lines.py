"""Live connections end with the session they were opened by, wherever it was ended."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest
from starlette.applications import Starlette

from stoa.main import create_app
from stoa.people.identity.lines import end_stale_lines
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.realtime.protocol import CloseCode
from tests.factories.people import a_staff_token, an_agent
from tests.servers.asgi import serving
from tests.servers.people import Person, on_the_line


@pytest.fixture(scope="module")
async def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    folder: Path = tmp_path_factory.mktemp("data")
    return create_app(Settings(data_dir=folder, database_url=database_url, demo=False))


@pytest.fixture(scope="module")
async def address(app: Starlette) -> AsyncIterator[str]:
    async with serving(app) as url:
        yield url


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE staff_session SET revoked_at = now() WHERE staff_id = $1",
        "UPDATE staff_session SET expires_at = now() WHERE staff_id = $1",
        "UPDATE staff SET is_active = false WHERE id = $1",
    ],
)
async def test_a_session_that_ended_elsewhere_closes_its_lines_and_no_others(
    app: Starlette, address: str, database: Database, change: str
) -> None:
    async with AsyncExitStack() as lines:
        people: list[tuple[UUID, Person]] = []
        for name in ("Ada", "Bo"):
            agent = await an_agent(database, name=name)
            assert agent.staff_id is not None
            token = await a_staff_token(database, staff_id=agent.staff_id)
            line = on_the_line(address, surface="desk", cookies={"stoa_staff": token})
            people.append((agent.staff_id, await lines.enter_async_context(line)))
        async with database.begin() as session:
            await session.execute(change, people[0][0])
        await end_stale_lines(app.state.node)
        assert await people[0][1].closed() == CloseCode.UNAUTHENTICATED
        await people[1][1].subscribe("desk")
