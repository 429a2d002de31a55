"""The ASGI application and its lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from stoa import wiring
from stoa.commerce.catalogue.demo.loader import ensure_demo_shop
from stoa.contact.conversations.service import add_demo_replies
from stoa.platform.config import Settings
from stoa.platform.database.session import open_database
from stoa.platform.errors import DomainError
from stoa.platform.jobs.worker import Worker
from stoa.platform.node import Node, node_of
from stoa.platform.realtime.poll import realtime_routes
from stoa.platform.realtime.running import running_realtime
from stoa.platform.realtime.socket import SOCKET_PATH, SocketApp
from stoa.platform.storage.blobs import LocalBlobStore
from stoa.platform.web.metrics import CountRequests, metrics
from stoa.platform.web.security import SecurityHeaders
from stoa.storefront.errors import answer_error

log = structlog.get_logger()

_READY_WITHIN_SECONDS = 5.0


async def healthz(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok")


async def readyz(request: Request) -> Response:
    """The process can do its work: the database answers. Else 503, which a load balancer heeds."""
    try:
        async with asyncio.timeout(_READY_WITHIN_SECONDS):
            async with node_of(request).database.read() as session:
                await session.fetch_value("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("readyz.database_does_not_answer", reason=type(error).__name__)
        return PlainTextResponse("the database does not answer", status_code=503)
    return PlainTextResponse("ok")


@asynccontextmanager
async def running_node(settings: Settings) -> AsyncIterator[Node]:
    """A node at work: its database is open, its hub hears the others, its jobs run.

    `settings.database_url` must be set. Jobs are drained and all is closed at the end.
    """
    assert settings.database_url, "the database's address is known before a node starts"
    database = await open_database(
        settings.database_url,
        size=settings.database_pool_size,
        reactions=wiring.SUBSCRIBERS,
    )
    node = Node(
        settings=settings,
        database=database,
        blobs=LocalBlobStore(settings.data_dir / "blobs"),
    )
    worker = Worker(node, jobs=wiring.JOBS, periodic=wiring.PERIODIC)
    try:
        async with AsyncExitStack() as running:
            await running.enter_async_context(running_realtime(node))
            for part in wiring.PARTS:
                await running.enter_async_context(part(node))
            await worker.start()
            yield node
    finally:
        log.info("node.stopping", at_most_seconds=settings.shutdown_grace_seconds)
        await worker.stop(grace_seconds=settings.shutdown_grace_seconds)
        await database.close()


class Stoa(Starlette):
    """The application. Its sockets go past the middleware, which is for requests only.

    What surrounds a socket is kept for as long as it is open, and run through at every frame.
    """

    _socket = SocketApp(wiring.REALTIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == SOCKET_PATH:
            scope["app"] = self
            await self._socket(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> Starlette:
    """The whole of Stoa as one ASGI application; `settings.database_url` must be set."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running_node(settings) as node:
            app.state.node = node
            if settings.demo:
                async with node.database.begin() as session:
                    if shop := await ensure_demo_shop(session, draws=settings.demo_pictures):
                        await add_demo_replies(session, shop_id=shop.id)
            yield

    return Stoa(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *realtime_routes(wiring.REALTIME),
            *wiring.ROUTES,
        ],
        exception_handlers={
            DomainError: answer_error,
            HTTPException: answer_error,
            Exception: answer_error,
        },
        middleware=[
            Middleware(CountRequests),
            Middleware(SecurityHeaders, base_url=settings.base_url),
        ],
        lifespan=lifespan,
    )
