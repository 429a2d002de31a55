"""Why nothing arrives, or nothing leaves: each step is tried, and what is found has words."""

import asyncio
import imaplib
from collections.abc import Awaitable, Callable, Sequence

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver

from stoa.contact.channels.email.bearer import token_for
from stoa.contact.channels.email.fetching import problem_of
from stoa.contact.channels.email.imap import Mailbox
from stoa.contact.channels.email.imap_line import Stopped, Wake
from stoa.contact.channels.email.keys import read_key, trusting
from stoa.contact.channels.email.refusals import of_recipient, of_sender
from stoa.contact.channels.email.round_trip import check_round_trip
from stoa.contact.channels.email.sending import connect
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.email.sign_in import provider_of
from stoa.contact.channels.protocol import Account, Finding, SendProblem

DNS_SECONDS = 4.0
STEP_SECONDS = 30.0

# The TXT records of a name; None: nobody could be asked.
Ask = Callable[[str], Awaitable[Sequence[str] | None]]


async def check(
    account: Account, settings: EmailSettings, *, ask: Ask | None = None
) -> list[Finding]:
    """Both directions and the signature, tried at once; then a mail to ourselves. Without a token
    where one is needed, nothing can be tried but what the world sees."""
    ask = ask or ask_dns
    if settings.has_token and (refused := await _check_token(account)):
        seen = await asyncio.gather(_check_signature(settings, ask), _check_policy(settings, ask))
        return [refused, *(each for those in seen for each in those)]
    is_fetched = settings.reception == "imap"
    way_in, way_out, *records = await asyncio.gather(
        _check_mailbox(account, settings) if is_fetched else _say_where_to(settings),
        _check_sending(account, settings),
        _check_signature(settings, ask),
        _check_policy(settings, ask),
    )
    found = [*way_in, *way_out]
    if provider := provider_of(settings.sign_in, address=settings.plain_address):
        found.insert(0, Finding(True, "oauth_works", {"provider": provider.name}))
    if is_fetched and all(each.is_good for each in found):
        found += await check_round_trip(account, settings)
    return [*found, *(each for those in records for each in those)]


async def _say_where_to(settings: EmailSettings) -> list[Finding]:
    return [Finding(True, "forwarding", {"address": settings.addresses[-1]})]


# ---- the mailbox --------------------------------------------------------------------------------


async def _check_token(account: Account) -> Finding | None:
    """Why there is no token; None: there is one."""
    try:
        await token_for(account)
    except SendProblem as problem:
        return _bad(problem)
    return None


async def _check_mailbox(account: Account, settings: EmailSettings) -> list[Finding]:
    try:
        token = await token_for(account)
        found = await _looked(settings, token)
        if [each.code for each in found] == ["imap_token"]:
            other = await token_for(account, token or "")
            return found if other == token else await _looked(settings, other)
    except SendProblem as problem:
        return [_bad(problem)]
    return found


async def _looked(settings: EmailSettings, token: str | None) -> list[Finding]:
    wake = Wake()
    thread = asyncio.ensure_future(asyncio.to_thread(_look, settings, token, wake))
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return await asyncio.shield(thread)
    except TimeoutError:
        return [Finding(False, "imap_unreachable", {"host": settings.imap_host})]
    finally:
        wake.set()
        thread.add_done_callback(lambda _: wake.close())


def _look(settings: EmailSettings, token: str | None, wake: Wake) -> list[Finding]:
    host = settings.imap_host
    try:
        trust = trusting(settings.ca_certificate)
        mailbox = Mailbox(settings, wake=wake, trust=trust, token=token)
    except SendProblem as problem:
        return [_bad(problem)]
    except (OSError, imaplib.IMAP4.error, Stopped) as error:
        return [_bad(problem_of(error, host=host))]
    found = [Finding(True, "imap_works", {"host": host, "folder": settings.imap_folder})]
    if not mailbox.can_idle:
        found.append(Finding(True, "imap_asks", {"host": host}))
    mailbox.leave()
    return found


# ---- the way out --------------------------------------------------------------------------------


async def _check_sending(account: Account, settings: EmailSettings) -> list[Finding]:
    """Up to the point where a mail would follow."""
    host, address = settings.smtp_host, settings.plain_address
    try:
        smtp = await connect(account, settings, trust=trusting(settings.ca_certificate))
    except SendProblem as problem:
        return [_bad(problem)]
    try:
        async with asyncio.timeout(STEP_SECONDS):
            await smtp.mail(address)
            await smtp.rcpt(address)
            await smtp.rset()
            await smtp.quit()
    except aiosmtplib.SMTPSenderRefused as error:
        return [_bad(of_sender(error.code, error.message), address=address)]
    except aiosmtplib.SMTPRecipientRefused as error:
        return [_bad(of_recipient(error.code, error.message), address=address)]
    except (aiosmtplib.SMTPException, OSError) as error:
        return [Finding(False, "smtp_refuses", {"host": host, "text": str(error)[:200]})]
    finally:
        smtp.close()
    return [Finding(True, "smtp_works", {"host": host, "address": address})]


def _bad(problem: SendProblem, **more: str) -> Finding:
    text = {"text": problem.text[:200]} if problem.text else {}
    return Finding(False, problem.reason, {**problem.params, **text, **more})


# ---- what the world can look up -----------------------------------------------------------------


async def _check_signature(settings: EmailSettings, ask: Ask) -> list[Finding]:
    pem, domain = settings.dkim_key.get_secret_value(), settings.dkim_domain
    if not pem.strip():
        return [Finding(True, "dkim_none", {"host": settings.smtp_host})]
    name = f"{settings.dkim_selector}._domainkey.{domain}"
    record = read_key(pem).record
    found: list[Finding] = []
    if not _is_within(settings.domain, domain):
        found.append(Finding(False, "dkim_elsewhere", {"domain": domain, "own": settings.domain}))
    published = await ask(name)
    here = {"name": name, "record": record}
    if published is None:
        return [*found, Finding(True, "dkim_not_known", here)]
    if not published:
        return [*found, Finding(False, "dkim_missing", here)]
    if not any(_key_in(text) == _key_in(record) for text in published):
        return [*found, Finding(False, "dkim_differs", here)]
    return [*found, Finding(True, "dkim_works", {"domain": domain})]


def _key_in(record: str) -> str:
    """The public key of a record, without what publishers put around it."""
    tags = (tag.partition("=") for tag in record.split(";"))
    return next(("".join(value.split()) for name, _, value in tags if name.strip() == "p"), "")


def _is_within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith(f".{parent}") or parent.endswith(f".{domain}")


async def _check_policy(settings: EmailSettings, ask: Ask) -> list[Finding]:
    """SPF (RFC 7208) and DMARC (RFC 7489): without them, much of what is sent lands in spam."""
    domain = settings.domain
    spf, dmarc = await asyncio.gather(ask(domain), ask(f"_dmarc.{domain}"))
    if spf is None or dmarc is None:
        return [Finding(True, "dns_not_known", {"domain": domain})]
    found = []
    if not any(text.lower().startswith("v=spf1") for text in spf):
        found.append(Finding(False, "spf_missing", {"domain": domain}))
    if not any(text.lower().startswith("v=dmarc1") for text in dmarc):
        found.append(Finding(False, "dmarc_missing", {"domain": domain}))
    return found or [Finding(True, "policy_works", {"domain": domain})]


async def ask_dns(name: str) -> Sequence[str] | None:
    """The TXT records of a name: none if there are none, None if nobody answers."""
    try:
        resolver = dns.asyncresolver.Resolver()
        answer = await resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
