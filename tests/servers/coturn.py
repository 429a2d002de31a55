"""A real relay (coturn) on loopback, with TLS by a certificate made for it."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.ports import free_ports, free_run

SECRET = "a secret that only tests know"
_RELAY_PORTS = 40


@dataclass(frozen=True)
class Coturn:
    """A relay that takes credentials of `SECRET`."""

    host: str
    port: int
    tls_port: int
    certificate: Path
    output: Path
    process: subprocess.Popen[bytes]

    @property
    def udp(self) -> str:
        return f"turn:{self.host}:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        return f"turn:{self.host}:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        return f"turns:{self.host}:{self.tls_port}?transport=tcp"

    @property
    def urls(self) -> str:
        return f"{self.udp},{self.tcp},{self.tls}"

    def stop(self) -> None:
        """Ends it at once, and every line through it."""
        _end(self.process)

    @property
    def trust(self) -> ssl.SSLContext:
        """Believes this relay's certificate, and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))


def turnserver_path() -> str:
    found = shutil.which("turnserver")
    assert found, "coturn is installed (Debian: apt-get install coturn)"
    return found


@contextmanager
def running_coturn(
    folder: Path, *, host: str = "127.0.0.1", more: Sequence[str] = (), is_open: bool = False
) -> Iterator[Coturn]:
    """Gives a relay on free ports below `folder`, and leaves nothing of it running."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = make_certificate(folder, host=host)
    port, tls_port = free_ports(2, host=host)
    first = free_run(_RELAY_PORTS, host=host)
    output = folder / "turnserver.log"
    who = ["--no-auth"] if is_open else ["--use-auth-secret", f"--static-auth-secret={SECRET}"]
    arguments = [
        *(f"--listening-ip={host}", f"--relay-ip={host}"),
        *(f"--listening-port={port}", f"--tls-listening-port={tls_port}"),
        *(f"--min-port={first}", f"--max-port={first + _RELAY_PORTS - 1}"),
        *(f"--cert={certificate}", f"--pkey={key}", "--no-dtls", "--no-cli"),
        *("--realm=stoa.test", "--fingerprint", "--no-multicast-peers", "--allow-loopback-peers"),
        *("--log-file=stdout", "--simple-log", "--verbose", "--relay-threads=1"),
        *(f"--pidfile={folder}/turn.pid", f"--userdb={folder}/turn.db", *who, *more),
    ]
    with output.open("wb") as log:
        process = subprocess.Popen(
            [turnserver_path(), "-n", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        _wait_until_it_listens(process, output, [(host, port), (host, tls_port)])
        yield Coturn(host, port, tls_port, certificate, output, process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_it_listens(
    process: subprocess.Popen[bytes], output: Path, addresses: Sequence[tuple[str, int]]
) -> None:
    until = time.monotonic() + 30
    for address in addresses:
        while True:
            try:
                socket.create_connection(address, 1).close()
                break
            except OSError:
                running = process.poll() is None and time.monotonic() < until
                assert running, f"turnserver did not start:\n{output.read_text()}"
                time.sleep(0.02)


def make_certificate(folder: Path, *, host: str) -> tuple[Path, Path]:
    """A certificate and its key for this address, good for a day, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stoa test relay")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    paths = folder / "relay.pem", folder / "relay.key"
    paths[0].write_bytes(certificate.public_bytes(pem))
    paths[1].write_bytes(private)
    return paths
