"""PostgreSQL out of a Python wheel, run and watched by Stoa itself."""

from stoa.platform.database.embedded.errors import EmbeddedPostgresError
from stoa.platform.database.embedded.server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
