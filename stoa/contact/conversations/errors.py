"""What conversations refuse."""

from stoa.platform.errors import DomainError


class AlreadyAssigned(DomainError):
    """Another agent has the conversation; nothing was changed."""

    code = "already_assigned"
    status = 409


class EmptyMessage(DomainError):
    """Neither text nor file."""

    code = "empty_message"
    status = 422


class AttachmentUnknown(DomainError):
    """Not uploaded by this sender, already sent, or swept because it was never sent."""

    code = "attachment_unknown"
    status = 422


class FileTypeRefused(DomainError):
    """The bytes are of a kind that is not passed on, whatever the name says."""

    code = "file_type_refused"
    status = 415


class NoReplyAddress(DomainError):
    code = "no_reply_address"
    status = 422


class ShortcutTaken(DomainError):
    code = "shortcut_taken"
    status = 409
