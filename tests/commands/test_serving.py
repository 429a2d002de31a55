"""The server lets what it has begun come to its end."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from stoa.commands import serving
from stoa.commands.preparing import CannotStart
from stoa.platform.config import Settings


class SlowShop:
    """An application with one page that takes as long as it is told."""

    def __init__(self) -> None:
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.app = Starlette(routes=[Route("/slow", self._answer)])

    async def _answer(self, _request: Request) -> Response:
        self.is_asked.set()
        await self.may_answer.wait()
        return PlainTextResponse("done")


async def nothing_to_drain() -> None:
    return


@pytest.fixture
async def listening() -> AsyncIterator[socket.socket]:
    with serving.open_socket(Settings(port=0)) as opened:
        yield opened


async def test_a_request_under_way_is_answered_after_the_signal(
    tmp_path: Path, listening: socket.socket
) -> None:
    port = listening.getsockname()[1]
    shop, is_serving = SlowShop(), asyncio.Event()
    settings = Settings(data_dir=tmp_path, port=port)
    serve = asyncio.create_task(
        serving.serve(
            shop.app,
            settings=settings,
            listening=listening,
            on_serving=is_serving.set,
            on_stopping=nothing_to_drain,
        )
    )
    await is_serving.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /slow HTTP/1.1\r\nHost: shop\r\n\r\n")
    await shop.is_asked.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    while True:  # until it takes no more
        try:
            _, another = await asyncio.open_connection("127.0.0.1", port)
        except (ConnectionRefusedError, ConnectionResetError):
            break
        another.close()
        await asyncio.sleep(0.01)
    shop.may_answer.set()
    answer = await reader.read()
    await serve
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"done")


async def test_says_that_the_application_did_not_start(
    tmp_path: Path, listening: socket.socket
) -> None:
    with pytest.raises(CannotStart, match="did not start"):
        await serving.serve(
            Starlette(lifespan=lambda _app: FailingLifespan()),
            settings=Settings(data_dir=tmp_path),
            listening=listening,
            on_serving=lambda: pytest.fail("it does not serve"),
            on_stopping=nothing_to_drain,
        )


class FailingLifespan:
    async def __aenter__(self) -> None:
        raise RuntimeError("the application cannot start")

    async def __aexit__(self, *_: object) -> None:
        return None


def test_without_a_chosen_port_the_next_free_one_is_taken() -> None:
    settings = Settings()
    with serving.open_socket(settings) as first, serving.open_socket(settings) as second:
        assert first.getsockname()[1] != second.getsockname()[1]
