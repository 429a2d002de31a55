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


class TagTaken(DomainError):
    """The shop has another tag of this name; they can be merged."""

    code = "tag_taken"
    status = 409


class TooManyTags(DomainError):
    code = "too_many_tags"
    status = 422


class ConversationClosed(DomainError):
    """What is closed cannot be put aside."""

    code = "conversation_closed"
    status = 409


class SnoozeInPast(DomainError):
    code = "snooze_in_past"
    status = 422


class MacroTaken(DomainError):
    """The shop has another macro of this name or key."""

    code = "macro_taken"
    status = 409


class EmptyMacro(DomainError):
    """Neither a reply nor an act."""

    code = "empty_macro"
    status = 422
