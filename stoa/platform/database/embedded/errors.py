"""What the embedded database says to the person who starts Stoa."""

_HINTS = (
    ("No space left on device", "The disk is full. Free some space and start again."),
    ("Permission denied", "Its files cannot be read or written by its user. Check who owns them."),
    ("Read-only file system", "Its folder is on a read-only file system."),
    ("pre-existing shared memory", "An older server of this folder has not ended yet."),
    ("could not create shared memory", "The kernel refuses shared memory (see kernel.shmmax)."),
    ("Cannot allocate memory", "The machine is out of memory."),
    ("Address already in use", "Another server holds its socket."),
)


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot run; the text says why and what to do, in words."""


def explain(fact: str, *, output: str, free_bytes: int) -> str:
    """Returns the fact, what its output means in plain words, and the end of that output."""
    meanings = [meaning for sign, meaning in _HINTS if sign in output]
    said = [f"  {line}" for line in output.strip().splitlines()[-12:]] or ["  nothing"]
    free = f"There are {free_bytes // 2**20} MB free on its disk."
    return "\n".join([fact, *meanings, free, "What it said last:", *said])
