"""What a centre's refusals mean: try again, or never."""

from collections.abc import Mapping
from typing import Final

from stoa.contact.channels.protocol import NeverWorks, SendProblem, TryLater

# SMPP 3.4, section 5.1.3. What is not here may pass: trying again is bounded by `deliver`.
_NEVER: Final[Mapping[int, str]] = {
    0x01: "sms_refused",  # ESME_RINVMSGLEN
    0x02: "sms_refused",  # ESME_RINVCMDLEN
    0x03: "sms_refused",  # ESME_RINVCMDID
    0x0A: "sms_bad_sender",  # ESME_RINVSRCADR
    0x0B: "sms_bad_number",  # ESME_RINVDSTADR
    0x43: "sms_refused",  # ESME_RINVESMCLASS
    0x48: "sms_bad_sender",  # ESME_RINVSRCTON
    0x49: "sms_bad_sender",  # ESME_RINVSRCNPI
    0x50: "sms_bad_number",  # ESME_RINVDSTTON
    0x51: "sms_bad_number",  # ESME_RINVDSTNPI
    0x65: "sms_refused",  # ESME_RX_P_APPN
    0x66: "sms_refused",  # ESME_RX_R_APPN
}
_BIND: Final[Mapping[int, str]] = {
    0x0D: "sms_bad_login",  # ESME_RBINDFAIL
    0x0E: "sms_bad_login",  # ESME_RINVPASWD
    0x0F: "sms_bad_login",  # ESME_RINVSYSID
}


def submit_problem(status: int) -> SendProblem:
    """Of a submit_sm that was answered with this status."""
    code = f"0x{status:08X}"
    reason = _NEVER.get(status)
    if reason is None:
        return TryLater("sms_not_taken", code=code)
    problem = NeverWorks(reason, code=code)
    problem.is_point_dead = status == 0x0B
    return problem


def bind_problem(status: int, *, where: str) -> SendProblem:
    """Of a bind that was answered with this status."""
    return TryLater(_BIND.get(status, "sms_not_bound"), code=f"0x{status:08X}", where=where)
