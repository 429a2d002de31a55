"""An rspamd of the merchant's own is asked about what comes in, if there is one.

Whatever becomes of the question, the mail is taken: at worst it is looked at by a person.
"""

import asyncio
import json
from dataclasses import replace
from typing import Any, Final

import aiohttp
import structlog

from stoa.contact.channels.protocol import Raw

log = structlog.get_logger()

ANSWER_SECONDS = 8.0
ANSWER_BYTES_MAX = 256 * 1024
ASK_BYTES_MAX = 2 * 1024 * 1024  # rspamd itself looks at no more of much larger ones
# Set by who asked: "set_aside 15.2" or "suspicious 7.1".
SPAM_PROOF: Final = "spam"
_VERDICTS = {
    "reject": "set_aside",
    "add header": "suspicious",
    "rewrite subject": "suspicious",
}


async def judged(raw: Raw, *, url: str) -> Raw:
    """The mail with the filter's word beside it; as it was, without one or a filter."""
    if not url or len(raw.content) > ASK_BYTES_MAX:
        return raw
    headers = {"Queue-Id": "stoa"}
    if raw.envelope.sender:
        headers["From"] = raw.envelope.sender
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await _ask(url.rstrip("/") + "/checkv2", raw.content, headers)
        verdict, score = _VERDICTS.get(answer["action"]), float(answer["score"])
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
        log.warning("mail.spam_filter_failed", error=type(error).__name__)
        return raw
    if verdict is None:
        return raw
    proofs = {**raw.envelope.proofs, SPAM_PROOF: f"{verdict} {score:.1f}"}
    return replace(raw, envelope=raw.envelope.model_copy(update={"proofs": proofs}))


async def _ask(url: str, content: bytes, headers: dict[str, str]) -> Any:
    clean = {name: " ".join(value.split()) for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as client,
        client.post(url, data=content, headers=clean, allow_redirects=False) as response,
    ):
        response.raise_for_status()
        return json.loads(await response.content.read(ANSWER_BYTES_MAX))
