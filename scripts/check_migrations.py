"""Finds two migrations with one number, as when two branches took the next one.

python -m scripts.check_migrations
"""

import sys

from stoa.platform.database.migrate import MigrationError, migrations_folder, read_migrations

if __name__ == "__main__":
    try:
        read_migrations(migrations_folder())
    except MigrationError as error:
        sys.exit(str(error))
