"""Problem responses (RFC 9457) with texts in the reader's language."""

from typing import Any

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from stoa.platform.errors import DomainError, InvalidInput, NotFound, Param, TooManyRequests
from stoa.platform.i18n.locale import Locale, as_locale, negotiate
from stoa.platform.i18n.messages import has_message, translator

log = structlog.get_logger()

Problem = dict[str, Any]


class Internal(DomainError):
    """Not foreseen: a defect, logged with its traceback."""

    code = "internal"
    status = 500


class MethodNotAllowed(DomainError):
    code = "bad_request"
    status = 405


def reader_locale(connection: HTTPConnection) -> Locale:
    """The reader's language: the address's prefix, what the page says it shows, the browser's."""
    return (
        as_locale(connection.path_params.get("locale"))
        or as_locale(connection.headers.get("x-stoa-locale"))
        or negotiate(connection.headers.get("accept-language"))
    )


def text_for(code: str, params: dict[str, Param], *, locale: Locale) -> str:
    """The words of an error code; a code without words falls back to "something went wrong"."""
    key = code if has_message(locale, "errors", code) else "error"
    return translator(locale, "errors")(key, **params)


def problem_of(error: DomainError, *, locale: Locale) -> Problem:
    """The RFC 9457 object of an error. `errors` lists the fields of an `InvalidInput`."""
    problem: Problem = {
        "type": f"urn:stoa:problem:{error.code}",
        "status": error.status,
        "code": error.code,
        "title": text_for(error.code, error.params, locale=locale),
    }
    if isinstance(error, InvalidInput):
        problem["errors"] = [
            {
                "field": field.field,
                "code": field.code,
                "message": text_for(field.code, field.params, locale=locale),
            }
            for field in error.fields
        ]
    return problem


def problem_response(error: DomainError, *, locale: Locale) -> Response:
    headers = {"Content-Language": locale, "Cache-Control": "no-store"}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return Response(
        orjson.dumps(problem_of(error, locale=locale)),
        status_code=error.status,
        headers=headers,
        media_type="application/problem+json",
    )


def as_domain_error(error: Exception) -> DomainError:
    """What a reader is told of any exception."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, HTTPException):
        return MethodNotAllowed() if error.status_code == 405 else NotFound()
    return Internal()


async def answer_problem(request: Request, error: Exception) -> Response:
    """Exception handler for everything that is not a page."""
    return problem_response(as_domain_error(error), locale=reader_locale(request))
