"""What is refused about recordings."""

from stoa.platform.errors import DomainError


class RecordingOff(DomainError):
    """The shop records no calls."""

    code = "call.recording_off"
    status = 409


class RecordingRefused(DomainError):
    """The customer said no; nobody may ask again in this call."""

    code = "call.recording_refused"
    status = 409


class StillRecording(DomainError):
    """The recording has not ended yet."""

    code = "call.still_recording"
    status = 409
