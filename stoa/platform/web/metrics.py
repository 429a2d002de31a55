"""What is counted, at `/metrics` in Prometheus' text format, for those who may see it."""

import hmac
import time

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.platform.errors import NotFound
from stoa.platform.node import node_of

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "::1"})

REQUESTS = Counter("stoa_http_requests_total", "Requests answered", ["method", "status"])
SECONDS = Histogram(
    "stoa_http_request_seconds",
    "Seconds from a request's headers to the last byte of its answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)


class CountRequests:
    """Middleware: every answer is counted by method and status, and its duration measured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = 500  # what the client gets when the application raises

        async def count(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, count)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            REQUESTS.labels(method=method, status=status).inc()
            SECONDS.observe(time.perf_counter() - begin)


async def metrics(request: Request) -> Response:
    """The figures, for this machine and for who knows `STOA_METRICS_TOKEN`.

    To anybody else the page does not exist: figures tell how many customers there are.

    Raises:
        NotFound: the client may not see them.
    """
    if not _may_see(request):
        raise NotFound()
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _may_see(request: Request) -> bool:
    token = node_of(request).settings.metrics_token
    if token is not None:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return request.client is not None and request.client.host in _LOOPBACK
