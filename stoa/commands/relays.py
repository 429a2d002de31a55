"""What the doctor says of the relays (TURN): each is asked for a line, as a browser asks."""

import asyncio
import ssl
from datetime import timedelta

from stoa.commands.findings import Finding, Verdict
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.relay import probe
from stoa.platform.relay.addresses import RelayAddress, parse_addresses
from stoa.platform.relay.credentials import Credentials, make_credentials
from stoa.platform.relay.probe import RelayFailed, Trouble

_USER = "doctor"
_FAR_AHEAD = timedelta(days=3650)  # good however wrong the relay's clock is

_WORDS = {
    Trouble.NAME_UNKNOWN: "there is no such name. Check STOA_TURN_URLS and the DNS.",
    Trouble.CERTIFICATE: "its certificate is not good, and browsers will refuse it as well:",
    Trouble.NO_RELAY: "something answers there, and it is no relay.",
    Trouble.OPEN: "it relays for anybody. Turn on use-auth-secret, or strangers will use it.",
}
_CODES = {
    403: "it forbids what was asked",
    437: "it has the line already",
    441: "it takes no credentials that run out. Turn on use-auth-secret.",
    442: "it does not relay UDP",
    486: "its quota for one user is used up",
    508: "it has no port left to relay on. Widen min-port to max-port.",
}


async def look_at_relays(settings: Settings, *, tls: ssl.SSLContext | None = None) -> list[Finding]:
    """Says of every relay whether it gives a line, and if not, why."""
    addresses = parse_addresses(settings.turn_urls)
    if not addresses:
        text = (
            "none is set. Video, screens and visitors whose network blocks UDP may find no way to"
            " one another. See docs/guides/turn.md."
        )
        return [Finding(Verdict.WARNING, "relay", text)]
    if not settings.turn_secret:
        text = "STOA_TURN_URLS is set without STOA_TURN_SECRET, so that no relay is used."
        return [Finding(Verdict.BAD, "relay", text)]
    looks = [_look_at(address, settings, settings.turn_secret, tls) for address in addresses]
    findings = list(await asyncio.gather(*looks))
    if all(address.transport == "udp" for address in addresses):
        text = "all are reached over UDP only, which is what some networks block. Add one with TLS."
        findings.append(Finding(Verdict.WARNING, "relay", text))
    return findings


async def _look_at(
    address: RelayAddress, settings: Settings, secret: str, tls: ssl.SSLContext | None
) -> Finding:
    lasts = timedelta(seconds=settings.turn_ttl_seconds)
    credentials, _ = make_credentials(secret, user=_USER, at=now(), lasts=lasts)
    try:
        given = await probe.allocate(address, credentials, tls=tls)
    except RelayFailed as failed:
        ahead, _ = make_credentials(secret, user=_USER, at=now(), lasts=_FAR_AHEAD)
        text = await _words_for(failed, address, ahead, tls)
        return Finding(Verdict.BAD, "relay", f"{address.url}: {text}")
    text = f"{address.url} gives a line, from {given.host}."
    return Finding(Verdict.GOOD, "relay", text)


async def _words_for(
    failed: RelayFailed, address: RelayAddress, ahead: Credentials, tls: ssl.SSLContext | None
) -> str:
    if failed.trouble is Trouble.UNAUTHORISED:
        return await _why_unauthorised(address, ahead, tls)
    if failed.trouble is Trouble.UNREACHABLE:
        way = "UDP" if address.transport == "udp" else "TCP"
        return (
            f"cannot be reached ({failed.detail}). Does it run, and does the firewall let {way}"
            f" port {address.port} through?"
        )
    if failed.trouble is Trouble.REFUSED:
        return f"{_CODES.get(failed.code, 'it refuses')} (error {failed.code})."
    if failed.trouble is Trouble.CERTIFICATE:
        return f"{_WORDS[failed.trouble]} {failed.detail}."
    return _WORDS[failed.trouble]


async def _why_unauthorised(
    address: RelayAddress, ahead: Credentials, tls: ssl.SSLContext | None
) -> str:
    """A credential that never runs out is taken by a relay whose secret is right."""
    try:
        await probe.allocate(address, ahead, tls=tls)
    except RelayFailed:
        return "it refuses our credentials. STOA_TURN_SECRET is not its static-auth-secret."
    return (
        "the secret is right, but its clock is so far ahead of this machine's that credentials"
        " have run out there. Set both clocks."
    )
