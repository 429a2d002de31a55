"""What can be in the way at the customer's page."""

from stoa.platform.errors import DomainError


class ErasureHindered(DomainError):
    """Something is still going on with this customer."""

    code = "erasure_hindered"
    status = 409


class NotWhatWasShown(DomainError):
    """More has come since the preview; nothing was erased."""

    code = "erasure_outdated"
    status = 409


class ExportUnderWay(DomainError):
    """One export at a time is enough."""

    code = "export_under_way"
    status = 409


class NoSmsLine(DomainError):
    """The shop has no line by which it could ask at a number."""

    code = "no_sms_line"
    status = 409
