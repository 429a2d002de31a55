"""Makes this checkout ready to run, or to be tested, with the standard library alone.

    python3 scripts/set_up.py run|test

Afterwards `.venv` holds the locked packages of that purpose and `stoa/static/built` the front end
made from the present sources. Each step is skipped when its inputs are those of the last time,
and begun anew when it was interrupted. Two set-ups of one checkout wait for one another.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WEB = ROOT / "web"
BUILT = ROOT / "stoa" / "static" / "built"
LOCKS = {
    "run": ("requirements/runtime.txt", "requirements/build.txt"),
    "test": ("requirements/runtime.txt", "requirements/build.txt", "requirements/dev.txt"),
}
BUILD_INPUTS = ("web", "stoa/platform/i18n/catalogues")
NOT_INPUTS = (WEB / "node_modules", WEB / "packages" / "i18n" / "src" / "generated")
VENV_PACKAGE = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
# What the tests start besides Python: program, Debian package.
SYSTEM_PROGRAMS = (
    ("chromium", "chromium"),
    ("fc-list", "fontconfig"),
    ("espeak-ng", "espeak-ng"),
    ("turnserver", "coturn"),
    ("ip", "iproute2"),
    ("/usr/sbin/postfix", "postfix"),
    ("/usr/sbin/dovecot", "dovecot-imapd"),
    ("/usr/lib/dovecot/lmtp", "dovecot-lmtpd"),
    ("/usr/sbin/bearerbox", "kannel"),
    ("/usr/bin/rspamd", "rspamd"),
)
SYSTEM_FONTS = ("DejaVu", "fonts-dejavu-core")
# A server as merchants run it, beside the one that Stoa brings along.
SYSTEM_POSTGRES = (Path("/usr/lib/postgresql"), "postgresql")
POSTGRES_SETTINGS = Path("/etc/postgresql-common/createcluster.d/for-tests-only.conf")


class SetUpError(Exception):
    """The set-up cannot go on; the text says what is missing and how to get it."""


def main(purpose: str) -> None:
    """Leaves the checkout ready for this purpose."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "set_up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if purpose == "test":
            ensure_system_packages()
        ensure_environment(purpose)
        ensure_front_end()


def ensure_environment(purpose: str) -> None:
    """Leaves a virtual environment holding exactly the locked packages this purpose needs."""
    locks = LOCKS[purpose]
    wanted = digest_of(ROOT / name for name in locks) + sys.version.split()[0] + str(ROOT)
    stamps = {name: VENV / f".ready-to-{name}" for name in LOCKS}
    if not any(stamp.exists() for stamp in stamps.values()) or not is_our_python(python()):
        make_environment()
    if read(stamps[purpose]) == wanted:
        return
    say("Installing the locked packages.")
    for stamp in stamps.values():
        stamp.unlink(missing_ok=True)
    files = [part for name in locks for part in ("-r", str(ROOT / name))]
    run([*pip(), "install", "--quiet", "--require-hashes", "--no-warn-script-location", *files])
    make_checkout_importable()
    stamps[purpose].write_text(wanted)
    if purpose == "test":
        stamps["run"].write_text(digest_of(ROOT / name for name in LOCKS["run"]) + wanted[64:])


def make_environment() -> None:
    """Leaves an empty environment, with pip in it where this Python carries pip along."""
    say(f"Making {VENV.name} with Python {sys.version.split()[0]}.")
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is not None:
        run([sys.executable, "-m", "venv", str(VENV)])
    elif importlib.util.find_spec("pip") is not None:
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    else:
        raise SetUpError(
            "This Python has neither 'ensurepip' nor 'pip', so nothing can be installed.\n"
            f"On Debian and Ubuntu: apt-get install {VENV_PACKAGE}"
        )


def pip() -> list[str]:
    """Returns the command that installs into the environment, with its own pip or with ours."""
    quiet = ["--disable-pip-version-check", "--no-input"]
    if (VENV / "bin" / "pip").exists():
        return [str(python()), "-m", "pip", *quiet]
    return [sys.executable, "-m", "pip", "--python", str(python()), *quiet]


def make_checkout_importable() -> None:
    """Leaves `import stoa` and the command `.venv/bin/stoa` working from any folder."""
    asked = [str(python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    Path(packages, "stoa-checkout.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "stoa"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(python()))} -m stoa "$@"\n')
    command.chmod(0o755)


def ensure_front_end() -> None:
    """Leaves the front end built from the present sources, with the Node of the environment."""
    modules = WEB / "node_modules"
    manifests = [path for path in files_below(WEB) if path.name.startswith("package")]
    stamp, wanted = modules / ".installed-from", digest_of(manifests)
    if read(stamp) != wanted:
        say("Installing the front end's packages.")
        shutil.rmtree(modules, ignore_errors=True)
        # Not `npm ci`: it refuses a lock whose registry lacked some platform's optional package.
        # This installs the locked versions, checked against their hashes, and writes no lock.
        run([*npm(), "install", "--no-save", "--loglevel=error"], env=with_node())
        stamp.write_text(wanted)
    inputs = (path for name in BUILD_INPUTS for path in files_below(ROOT / name))
    stamp, wanted = BUILT / ".built-from", digest_of(inputs)
    if read(stamp) != wanted:
        say("Building the front end.")
        stamp.unlink(missing_ok=True)
        run([*npm(), "run", "--silent", "build"], env=with_node())
        stamp.write_text(wanted)


def npm() -> list[str]:
    return [str(VENV / "bin" / "npm"), "--prefix", str(WEB), "--no-update-notifier"]


def with_node() -> dict[str, str]:
    """Returns an environment whose `node` is ours and trusts whom the system trusts."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}


def ensure_system_packages() -> None:
    """Leaves the programs and fonts that the tests use installed.

    Raises:
        SetUpError: some are missing and this is not Debian, or not root.
    """
    missing = [package for program, package in SYSTEM_PROGRAMS if shutil.which(program) is None]
    if not has_font(SYSTEM_FONTS[0]):
        missing.append(SYSTEM_FONTS[1])
    if not has_postgres():
        missing.append(SYSTEM_POSTGRES[1])
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(VENV_PACKAGE)
    if not missing:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SetUpError(
            f"The tests need what Debian calls: {', '.join(missing)}.\n"
            "Install that with your system's means (as root on Debian, this is done for you)."
        )
    say(f"Installing {', '.join(missing)}.")
    if SYSTEM_POSTGRES[1] in missing and not POSTGRES_SETTINGS.parent.exists():
        # The programs are wanted; a server of its own would be started for nobody.
        POSTGRES_SETTINGS.parent.mkdir(parents=True)
        POSTGRES_SETTINGS.write_text("create_main_cluster = false\n")
    # Programs are wanted, no services: in this run level none is started.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    run(["apt-get", "update", "-qq"], env=env)
    run(
        [
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=300",
            "install",
            "-qq",
            "-y",
            "--no-install-recommends",
            *missing,
        ],
        env=env,
    )


def has_font(family: str) -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", family], capture_output=True, check=False).stdout)


def has_postgres() -> bool:
    """Says whether a PostgreSQL server's programs are on this machine."""
    return any(SYSTEM_POSTGRES[0].glob("*/bin/initdb")) or shutil.which("initdb") is not None


def python() -> Path:
    return VENV / "bin" / "python"


def is_our_python(program: Path) -> bool:
    """Says whether the environment's Python runs, and is the one this set-up was started with."""
    asked = [str(program), "-c", "import sys; print(sys.version)"]
    with contextlib.suppress(OSError):
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        return told.stdout.strip() == sys.version.strip()
    return False


def files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(path.is_relative_to(other) for other in NOT_INPUTS):
            yield path


def digest_of(paths: Iterable[Path]) -> str:
    """Returns one hash of names and contents, 64 characters long."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(ROOT)}\0{content}\n".encode())
    return total.hexdigest()


def read(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def run(command: list[str], *, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SetUpError(f"This failed, and its own words are above: {shlex.join(command)}")


def say(text: str) -> None:
    print(f"» {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except SetUpError as error:
        sys.exit(f"\n{error}")
