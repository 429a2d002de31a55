"""A real postfix and a real dovecot on loopback: private folders, free ports, nothing left behind.

Whoever is in `PEOPLE` has a mailbox. `shop.example` and `customer.example` know their people and
refuse others at once; `void.example` takes everything and finds out later that there is nobody;
what is for `forward.example` goes to `reception_port` by LMTP.
"""

import os
import re
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.coturn import make_certificate
from tests.servers.ports import HOST, free_ports

PASSWORD = "a password that only tests know"
PEOPLE = (
    "shop@shop.example",
    "sales@shop.example",
    "anna@customer.example",
    "jorgos@customer.example",
    "greta@customer.example",
    "maria@customer.example",
)

_DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = {host}
disable_plaintext_auth = no
auth_username_format = %Lu
auth_failure_delay = 0
{auth}
login_trusted_networks =
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/people
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/people
}}
mail_location = maildir:~/Maildir
first_valid_uid = 1
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
lda_mailbox_autocreate = yes
quota_full_tempfail = yes
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
namespace inbox {{
  inbox = yes
}}
protocol imap {{
  {imap}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = {host}
    port = {lmtp_port}
  }}
}}
service auth {{
  unix_listener {folder}/sasl {{
    mode = 0666
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  client_limit = 200
}}
"""

# Before the people with passwords, whom no mechanism asks for here.
_TOKENS = """
auth_mechanisms = {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
_OAUTH2 = """
introspection_mode = post
introspection_url = {url}
username_attribute = sub
active_attribute = active
active_value = true
timeout_msecs = 5000
"""

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = {host}
inet_protocols = ipv4
myhostname = mx.example
mydomain = example
myorigin = mx.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
mynetworks = 127.0.0.0/8
message_size_limit = {size_limit}
mailbox_size_limit = 0
virtual_mailbox_domains = customer.example shop.example
virtual_mailbox_maps = inline:{{ {people} }}
virtual_transport = lmtp:inet:{host}:{lmtp_port}
relay_domains = forward.example void.example
transport_maps = inline:{{
  forward.example=lmtp:inet:{host}:{reception_port}, void.example=lmtp:inet:{host}:{lmtp_port} }}
lmtp_host_lookup = native
smtp_host_lookup = native
smtp_tls_security_level = none
lmtp_tls_security_level = none
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/sasl
smtpd_client_restrictions =
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtputf8_enable = yes
recipient_delimiter = +
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
queue_run_delay = 1s
{more}
"""

_MASTER = """
{host}:{smtp_port} inet n - n - - smtpd
{host}:{smtps_port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o mynetworks=192.0.2.1
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class MailServers:
    """Both servers as they run; each can be stopped and started again on the same ports."""

    folder: Path
    certificate: Path
    smtp_port: int  # STARTTLS is offered, and nobody on loopback need sign in
    smtps_port: int  # TLS from the first byte; only for who signs in
    imap_port: int
    imaps_port: int
    lmtp_port: int
    reception_port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def trust(self) -> ssl.SSLContext:
        """Believes these servers' certificate, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def certificate_text(self) -> str:
        return self.certificate.read_text()

    def start_dovecot(self) -> None:
        self._start("dovecot", ["dovecot", "-F", "-c", f"{self.folder}/dovecot.conf"])
        self._wait("dovecot", [self.imap_port, self.imaps_port, self.lmtp_port])

    def stop_dovecot(self) -> None:
        """It is gone, and so is every line to it."""
        self._stop("dovecot")

    def start_postfix(self) -> None:
        settings = f"{self.folder}/postfix"
        subprocess.run(["postfix", "-c", settings, "check"], check=True, capture_output=True)
        # Not `start-fg`: its shell dies alone, and the server goes on.
        self._start("postfix", ["/usr/lib/postfix/sbin/master", "-c", settings, "-s"])
        self._wait("postfix", [self.smtp_port, self.smtps_port])

    def stop_postfix(self) -> None:
        self._stop("postfix")

    def deliver(self, content: bytes, *, to: str, sender: str = "someone@else.example") -> None:
        """The mail is in the mailbox."""
        with smtplib.LMTP(HOST, self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [to], content)

    def post(self, content: bytes, *, to: str | Sequence[str], sender: str) -> None:
        """The mail is in postfix's queue."""
        with smtplib.SMTP(HOST, self.smtp_port) as smtp:
            smtp.sendmail(sender, [to] if isinstance(to, str) else list(to), content)

    def folder_of(self, person: str) -> Path:
        return self.folder / "mail" / person / "Maildir"

    def mails_of(self, person: str) -> list[bytes]:
        """What lies in the mailbox, from old to new."""
        while True:
            folder = self.folder_of(person)
            files = [*folder.glob("new/*"), *folder.glob("cur/*")]
            try:
                return [path.read_bytes() for path in sorted(files, key=_came_at)]
            except FileNotFoundError:
                continue  # whoever reads the mailbox has just given the file another name

    def cut_imap(self) -> None:
        """Every line to a mailbox is cut, as by a router that forgets; the server goes on."""
        subprocess.run(
            ["doveadm", "-c", f"{self.folder}/dovecot.conf", "kick", "*"],
            check=False,
            capture_output=True,
        )

    def logs(self) -> str:
        return "".join(
            path.read_text(errors="replace")[-4000:]
            for path in (self.folder / "dovecot.log", self.folder / "postfix.log")
            if path.exists()
        )

    def _start(self, name: str, command: Sequence[str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as output:
            self.running[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],  # also when the tests are killed
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def _wait(self, name: str, ports: Sequence[int]) -> None:
        until = time.monotonic() + 30
        for port in ports:
            while True:
                try:
                    socket.create_connection((HOST, port), 1).close()
                    break
                except OSError:
                    running = self.running[name].poll() is None and time.monotonic() < until
                    output = (self.folder / f"{name}.out").read_text(errors="replace")
                    assert running, f"{name} did not start:\n{output}\n{self.logs()}"
                    time.sleep(0.02)

    def _stop(self, name: str) -> None:
        if process := self.running.pop(name, None):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self._stop(name)


def _came_at(mail: Path) -> tuple[int, ...]:
    """Dovecot names a file by seconds, microseconds, process: `1764520000.M71P12.host,S=9:2,`."""
    seconds, micros, process = re.findall(r"\d+", mail.name)[:3]
    return int(seconds), int(micros), int(process)


@contextmanager
def running_mail(
    *,
    size_limit: int = 120_000_000,
    imap_settings: str = "",
    more: str = "",
    introspection_url: str = "",
    mechanisms: str = "xoauth2 oauthbearer",
) -> Iterator[MailServers]:
    """Gives both servers; `imap_settings` are lines for dovecot, `more` are for postfix. With an
    `introspection_url`, nobody signs in with a password, but with tokens that are asked about there
    (RFC 7662)."""
    if os.geteuid() != 0:
        pytest.skip("postfix starts only as root")
    with ExitStack() as leaving:
        folder = Path(tempfile.mkdtemp(prefix="stoa-mail-"))
        leaving.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        certificate, key = make_certificate(folder, host=HOST)
        smtp, smtps, imap, imaps, lmtp, reception = free_ports(6)
        servers = MailServers(folder, certificate, smtp, smtps, imap, imaps, lmtp, reception)
        auth = _TOKENS.format(folder=folder, mechanisms=mechanisms) if introspection_url else ""
        (folder / "oauth2.conf").write_text(_OAUTH2.format(url=introspection_url))
        _write_settings(
            servers, key, size_limit=size_limit, imap=imap_settings, more=more, auth=auth
        )
        leaving.callback(servers.stop)
        servers.start_dovecot()
        servers.start_postfix()
        yield servers


def _write_settings(
    servers: MailServers, key: Path, *, size_limit: int, imap: str, more: str, auth: str
) -> None:
    folder = servers.folder
    for name in ("run", "state", "postfix", "queue", "data", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "mail", "mail", "mail")
    values = {
        "folder": folder,
        "host": HOST,
        "certificate": servers.certificate,
        "key": key,
        "smtp_port": servers.smtp_port,
        "smtps_port": servers.smtps_port,
        "imap_port": servers.imap_port,
        "imaps_port": servers.imaps_port,
        "lmtp_port": servers.lmtp_port,
        "reception_port": servers.reception_port,
        "people": ", ".join(f"{person}=ok" for person in PEOPLE),
        "size_limit": size_limit,
        "imap": imap,
        "more": more,
        "auth": auth,
    }
    people = [f"{person}:{PASSWORD}:mail:mail::{folder}/mail/{person}::" for person in PEOPLE]
    (folder / "people").write_text("\n".join(people).replace(":mail:mail:", ":8:8:") + "\n")
    (folder / "dovecot.conf").write_text(_DOVECOT.format(**values))
    (folder / "postfix/main.cf").write_text(_MAIN.format(**values))
    (folder / "postfix/master.cf").write_text(_MASTER.format(**values))
