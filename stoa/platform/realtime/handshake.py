"""From the first frame to an open connection, whatever carries it."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from stoa.platform.errors import DomainError, Unauthenticated
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.node import Node
from stoa.platform.realtime.connection import (
    BadFrameProblem,
    Connection,
    Reason,
    Refused,
    WrongVersion,
)
from stoa.platform.realtime.outbox import Transport
from stoa.platform.realtime.outgoing import Outgoing, encode
from stoa.platform.realtime.protocol import (
    VERSION,
    BadFrame,
    Bye,
    CloseCode,
    Hello,
    ProblemFrame,
    parse_frame,
)
from stoa.platform.realtime.registry import Handshake, Registry
from stoa.platform.web.problems import problem_of


class NotWelcome(Refused):
    """No connection came of it. `frames` tell the client why."""

    def __init__(
        self, error: DomainError, code: CloseCode, reason: Reason, *, locale: str | None = None
    ) -> None:
        super().__init__(code, reason)
        problem = problem_of(error, locale=as_locale(locale) or DEFAULT_LOCALE)
        self.frames: list[Outgoing] = [
            encode(
                ProblemFrame(code=problem["code"], status=problem["status"], title=problem["title"])
            ),
            encode(Bye(code=code, reason=reason)),
        ]


def is_own_origin(connection: HTTPConnection, *, base_url: str) -> bool:
    """The page is ours, or there is no page: browsers always name the origin."""
    origin = connection.headers.get("origin")
    if origin is None or origin == base_url:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host")


async def greet(
    node: Node, registry: Registry, transport: Transport, http: HTTPConnection, text: str
) -> Connection:
    """A connection for whoever the first frame, `text`, says hello for. It is not yet opened.

    Raises:
        NotWelcome: no hello, another version, or nobody we know.
    """
    try:
        hello = parse_frame(text)
    except BadFrame:
        raise NotWelcome(BadFrameProblem(), CloseCode.BAD_FRAME, "bad_frame") from None
    if not isinstance(hello, Hello):
        raise NotWelcome(BadFrameProblem(), CloseCode.BAD_FRAME, "bad_frame")
    if hello.version != VERSION:
        raise NotWelcome(WrongVersion(), CloseCode.VERSION, "version", locale=hello.locale)
    own = is_own_origin(http, base_url=node.settings.base_url)
    handshake = Handshake(
        surface=hello.surface,
        cookies=http.cookies if own else {},
        token=hello.token,
        origin=http.headers.get("origin"),
        locale=hello.locale,
        client_host=http.client.host if http.client else "",
        user_agent=http.headers.get("user-agent", "")[:300],
    )
    actor = await registry.resolve_actor(node, handshake)
    if actor is None:
        raise NotWelcome(
            Unauthenticated(), CloseCode.UNAUTHENTICATED, "signed_out", locale=hello.locale
        )
    return Connection(node, registry, transport, handshake=handshake, actor=actor)
