"""What the channels refuse."""

from stoa.platform.errors import DomainError


class ChannelUnknown(DomainError):
    """No channel of this code is installed."""

    code = "channel_unknown"
    status = 404


class InboxInUse(DomainError):
    """Conversations came by it; it can be switched off, not removed."""

    code = "inbox_in_use"
    status = 409


class NoSuchWay(DomainError):
    """The customer cannot be reached that way, or not any more; nothing was sent."""

    code = "no_such_way"
    status = 422


class NoInboxForPoint(DomainError):
    """The shop has no inbox that reaches addresses of this kind; nothing was begun."""

    code = "no_inbox_for_point"
    status = 422


class NothingToResend(DomainError):
    """It is on its way, or has arrived."""

    code = "nothing_to_resend"
    status = 409


class FilesNotCarried(DomainError):
    """The chosen way takes no files; nothing was sent."""

    code = "files_not_carried"
    status = 422


class FilesTooLarge(DomainError):
    """Together they are more than the chosen way takes; nothing was sent."""

    code = "files_too_large"
    status = 422


class SignInStale(DomainError):
    """A sign-in at a provider that was begun by somebody else, too long ago, for other settings, or
    that is finished already; nothing was connected."""

    code = "sign_in_stale"
    status = 409


class NothingToSignIn(DomainError):
    """By its settings, the inbox asks nobody to sign in at a provider."""

    code = "nothing_to_sign_in"
    status = 409
