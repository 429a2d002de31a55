"""Files nothing can be taken from."""

from stoa.platform.errors import DomainError


class UnreadableFile(DomainError):
    """Base: the whole file is refused."""

    status = 422


class UnknownFormat(UnreadableFile):
    code = "import.unknown_format"


class EmptyFile(UnreadableFile):
    code = "import.empty_file"
