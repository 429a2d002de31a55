"""A real rspamd on loopback, without Redis or the network; it knows the test of all filters."""

import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import free_ports

# What every spam filter takes for spam, by agreement (GTUBE).
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"

# Its own list of top-level domains takes it most of a minute to compile.
_CONFIGURATION = """
options {{
  pidfile = "{folder}/rspamd.pid"; tempdir = "{folder}"; filters = ""; url_tld = "{folder}/tld";
  gtube_patterns = "all";
  dns {{ nameserver = ["127.0.0.1:1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "console"; level = "info"; }}
worker {{ type = "normal"; bind_socket = "127.0.0.1:{port}"; count = 1; }}
actions {{ reject = 15; add_header = 6; greylist = 4; }}
modules {{ path = "{folder}/modules"; }}
"""


@contextmanager
def running_rspamd() -> Iterator[str]:
    """Gives its address."""
    program = shutil.which("rspamd")
    assert program, "rspamd is installed (make set-up-test)"
    folder = Path(tempfile.mkdtemp(prefix="stoa-rspamd-"))
    [port] = free_ports(1)
    (folder / "rspamd.conf").write_text(_CONFIGURATION.format(folder=folder, port=port))
    (folder / "tld").write_text("com\nexample\n")
    (folder / "modules").mkdir()
    folder.chmod(0o755)
    owner = next(u.pw_name for u in pwd.getpwall() if u.pw_name in ("_rspamd", "rspamd"))
    shutil.chown(folder, owner)
    command = [program, "-f", "-u", owner, "-g", owner, "-c", str(folder / "rspamd.conf")]
    with (folder / "out").open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command], stdout=output, stderr=output
        )
    try:
        until = time.monotonic() + 40
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                running = process.poll() is None and time.monotonic() < until
                assert running, (folder / "out").read_text(errors="replace")
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
