"""Calls as the database holds them."""

from enum import StrEnum


class CallState(StrEnum):
    """Where a call stands. `rules.NEXT` says what may follow what."""

    CALLING = "calling"  # an agent calls the customer's page, which rings
    QUEUED = "queued"  # the customer waits, nobody rings
    RINGING = "ringing"  # the customer waits, one or more agents are being rung
    ACTIVE = "active"  # customer and agent talk; a leg may be held, or away for a moment
    VOICEMAIL = "voicemail"  # the customer speaks a message
    CALLBACK = "callback"  # the customer waits to be called back, and keeps the place in the queue
    ENDED = "ended"


class EndReason(StrEnum):
    COMPLETED = "completed"  # somebody hung up after it was answered
    ABANDONED = "abandoned"  # the customer left while waiting
    MISSED = "missed"  # nobody answered
    DECLINED = "declined"  # the customer did not want the agent's call
    NO_ANSWER = "no_answer"  # the customer's page rang in vain
    VOICEMAIL = "voicemail"  # a message was left
    CALLED_BACK = "called_back"  # another call took its place, or the task was done
    LOST = "lost"  # a line broke and did not come back
    FAILED = "failed"  # the media process died


class LegRole(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Mode(StrEnum):
    """What a leg hears and who hears it."""

    TALK = "talk"
    LISTEN = "listen"  # hears all, heard by nobody
    WHISPER = "whisper"  # hears all, heard by agents only


class LegState(StrEnum):
    JOINING = "joining"
    CONNECTED = "connected"
    AWAY = "away"
    LEFT = "left"


class OfferKind(StrEnum):
    QUEUE = "queue"
    TRANSFER = "transfer"
    ATTENDED = "attended"  # asks a colleague first, the customer is held
    CONFERENCE = "conference"


class OfferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN = "taken"  # somebody else was faster
    WITHDRAWN = "withdrawn"
