"""How a browser tells which visitor it is: by cookie, or by bearer token where blocked."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from stoa.people.customers.models import EnsuredVisitor
from stoa.platform.web.security import TOKEN_MAX, cookie, set_cookie

VISITOR_COOKIE = "stoa_visitor"
YEAR_SECONDS = 365 * 24 * 3600


def visitor_token(connection: HTTPConnection) -> str | None:
    """The visitor's token: a bearer's (the counter in other shops), else the cookie's."""
    scheme, _, value = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and 0 < len(value) <= TOKEN_MAX:
        return value
    return cookie(connection, VISITOR_COOKIE)


def remember_visitor(
    connection: HTTPConnection, response: Response, *, visitor: EnsuredVisitor
) -> None:
    """The browser holds the token of a visitor made just now; a known one keeps what it has."""
    if visitor.new_token is not None:
        set_cookie(
            connection,
            response,
            name=VISITOR_COOKIE,
            value=visitor.new_token,
            max_age_seconds=YEAR_SECONDS,
        )
