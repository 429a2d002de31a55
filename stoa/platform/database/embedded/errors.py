"""What the embedded database says to the person who starts Stoa."""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run; the text says why and what to do, in words."""
