"""The application as a whole: its health, and its figures for those who may see them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.embedded import EmbeddedPostgres
from tests.servers.asgi import serving

Serve = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def serve(tmp_path: Path, database_url: str) -> Serve:
    @asynccontextmanager
    async def started(**settings: str) -> AsyncIterator[str]:
        given = Settings(data_dir=tmp_path, database_url=database_url, demo=False)
        async with serving(create_app(given.model_copy(update=settings))) as url:
            yield url

    return started


async def get(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_counts_answers_by_method_and_status(serve: Serve) -> None:
    async with serve() as url:
        assert (await get(f"{url}/readyz"))[0] == 200
        assert (await get(f"{url}/api/no-such-thing"))[0] == 404
        status, figures = await get(f"{url}/metrics")
    assert status == 200
    assert 'stoa_http_requests_total{method="GET",status="404"}' in figures
    assert "stoa_http_request_seconds_bucket" in figures
    assert "stoa_realtime_connections" in figures


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "secret"])
async def test_hides_its_figures_from_who_lacks_the_token(serve: Serve, authorization: str) -> None:
    async with serve(metrics_token="secret") as url:
        status, text = await get(f"{url}/metrics", Authorization=authorization)
        assert status == 404
        assert "stoa_http" not in text
        assert (await get(f"{url}/metrics", Authorization="Bearer secret"))[0] == 200


async def test_is_not_ready_without_its_database(
    tmp_path: Path, own_database_url: str, postgres: EmbeddedPostgres
) -> None:
    given = Settings(data_dir=tmp_path, database_url=own_database_url, demo=False)
    async with serving(create_app(given)) as url:
        assert await get(f"{url}/readyz") == (200, "ok")
        await postgres.drop_database(own_database_url.partition("@/")[2].partition("?")[0])
        assert await get(f"{url}/readyz") == (503, "the database does not answer")
        assert await get(f"{url}/healthz") == (200, "ok")
