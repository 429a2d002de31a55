"""What the doctor says of calls: whether a media process starts, and whether browsers reach it."""

import ipaddress
import os
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from stoa.commands.findings import Finding, Verdict
from stoa.contact.calls.media.addresses import LOOPBACK, host_addresses, ports_of
from stoa.contact.calls.media.engine import MediaError
from stoa.contact.calls.media.service import engine_for
from stoa.platform.config import Settings


async def look_at_media(settings: Settings) -> list[Finding]:
    """Says whether calls have a process, a codec, ports, and an address that others reach."""
    return [
        await _look_at_process(settings),
        *_look_at_ports(settings),
        *look_at_media_address(settings, host_addresses(settings.media_address)),
    ]


async def _look_at_process(settings: Settings) -> Finding:
    """A media process is started for this, on a port of its own, and ended again."""
    engine = engine_for(settings)
    began = time.monotonic()
    try:
        await engine.prepare()
        ready = time.monotonic() - began
        [worker] = engine.workers
        await worker.ask("check")
        listens = ", ".join(
            f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in worker.ports
        )
    except MediaError as error:
        return Finding(Verdict.BAD, "calls", f"nobody can talk. {error}")
    finally:
        await engine.stop()
    text = f"a media process was ready in {ready:.1f} s, with its codec, on UDP {listens}."
    return Finding(Verdict.GOOD, "calls", text)


def _look_at_ports(settings: Settings) -> Iterator[Finding]:
    ports = ports_of(settings.media_ports)
    processes = settings.media_workers or os.cpu_count() or 1
    if ports and len(ports) < processes:
        text = (
            f"STOA_MEDIA_PORTS has {len(ports)}, and each of up to {processes} processes needs one."
        )
        yield Finding(Verdict.WARNING, "call ports", text)


def look_at_media_address(settings: Settings, own: list[str]) -> Iterator[Finding]:
    """Says under which address browsers look for calls, and whether they can find it there."""
    public = settings.media_public_address
    ports = "every UDP port" if settings.media_ports == "0" else f"UDP {settings.media_ports}"
    if public is not None:
        text = f"browsers are told {public}. {ports} must be passed on from there to this machine."
        yield Finding(Verdict.GOOD, "call address", text)
        return
    shown = ", ".join(own)
    if own == [LOOPBACK]:
        text = f"only {LOOPBACK}, so that calls work in browsers on this machine at best."
        yield Finding(Verdict.WARNING, "call address", text)
    elif _is_for_everybody(settings) and not any(map(_is_global, own)):
        text = (
            f"this machine knows only {shown}, which nobody reaches from elsewhere. Set"
            f" STOA_MEDIA_PUBLIC_ADDRESS, and let the router pass {ports} on."
        )
        yield Finding(Verdict.BAD, "call address", text)
    else:
        text = f"browsers are told {shown}. {ports} must be open."
        yield Finding(Verdict.GOOD, "call address", text)


def _is_for_everybody(settings: Settings) -> bool:
    """Whether pages are meant to be reached from the whole internet."""
    host = urlsplit(settings.base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return host != "localhost" and "." in host and not host.endswith((".local", ".lan"))


def _is_global(address: str) -> bool:
    return ipaddress.ip_address(address).is_global
