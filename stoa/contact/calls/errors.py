"""What can be wrong with what is asked of a call."""

from stoa.platform.errors import DomainError


class CallsOff(DomainError):
    """The shop takes no calls from its pages."""

    code = "call.off"
    status = 409


class CallTaken(DomainError):
    """It no longer rings here: a colleague was faster, the time was up, or the customer left."""

    code = "call_taken"
    status = 409


class CallOver(DomainError):
    code = "call.over"
    status = 409


class NotPossibleNow(DomainError):
    """The call does not stand so that this could be done."""

    code = "call.not_possible_now"
    status = 409


class InAnotherCall(DomainError):
    """Whoever asks is in a call already."""

    code = "call.in_another"
    status = 409


class ColleagueBusy(DomainError):
    """The colleague is in a call, or not at the desk."""

    code = "call.colleague_busy"
    status = 409


class CustomerInCall(DomainError):
    """The customer is on the line, waits on it, or wants to be called back."""

    code = "call.customer_in_call"
    status = 409


class NobodyToCall(DomainError):
    """The conversation has no page that could ring."""

    code = "call.nobody_to_call"
    status = 409


class SoundUnavailable(DomainError):
    """The media engine cannot take the call just now."""

    code = "call.sound_unavailable"
    status = 503
