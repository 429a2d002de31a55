"""Why nothing arrives: the line is tried and every step is said in words."""

from collections.abc import Sequence

from stoa.contact.channels.protocol import Finding, SendProblem
from stoa.contact.channels.sms.session import bind, not_reached
from stoa.contact.channels.sms.settings import SmppSettings, SmsSettings


def check_sender(settings: SmsSettings) -> Sequence[Finding]:
    """What can be said without a line."""
    findings = [_sender_finding(settings.sender)]
    if not settings.prices:
        findings.append(Finding(True, "sms_no_prices"))
    return findings


def _sender_finding(sender: str) -> Finding:
    if sender.removeprefix("+").isdecimal():
        return Finding(True, "sms_sender_number", {"sender": sender})
    return Finding(False, "sms_sender_name", {"sender": sender})


async def check_smpp(access: SmppSettings) -> Sequence[Finding]:
    """A line of its own is bound and left again; nothing is sent."""
    try:
        session = await bind(access)
    except SendProblem as problem:
        return [finding_of(problem)]
    except OSError as error:
        return [finding_of(not_reached(access, error))]
    session.close()
    return [Finding(True, "sms_bound", {"where": f"{access.host}:{access.port}"})]


def finding_of(problem: SendProblem) -> Finding:
    return Finding(False, problem.reason, {**problem.params, "code": problem.code})
