"""What the embedded engine builds on: whoever changes it finds out here, not in a call."""

import importlib.metadata
import inspect
import subprocess
import sys

import av
import pylibsrtp
import pytest
from aioice import stun
from aiortc import rtcdtlstransport
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport


@pytest.mark.parametrize(("package", "version"), [("aiortc", "1.16.0"), ("pylibsrtp", "1.0.0")])
def test_the_versions_are_those_that_were_read(package: str, version: str) -> None:
    """With another version, read what `worker/browser.py` takes of it, then change this."""
    assert importlib.metadata.version(package) == version


def test_the_handshake_is_where_it_was() -> None:
    assert [*inspect.signature(RTCDtlsTransport.__init__).parameters] == [
        "self",
        "transport",
        "certificates",
    ]
    assert [*inspect.signature(RTCDtlsTransport.start).parameters] == ["self", "remoteParameters"]
    assert [*inspect.signature(RTCDtlsTransport._set_role).parameters] == ["self", "role"]
    source = inspect.getsource(RTCDtlsTransport)
    # It takes nothing else of what should be an RTCIceTransport.
    uses = {part.split("(")[0].split(")")[0] for part in source.split("self.transport.")[1:]}
    assert {it.split()[0].rstrip(",:") for it in uses} == {"_recv", "_send", "role"}
    assert "self._rx_srtp = Session(rx_policy)" in source
    assert "self._tx_srtp = Session(tx_policy)" in source
    # Packets may be protected in any order, as they come.
    assert "tx_policy.allow_repeat_tx = True" in source
    assert "tx_policy.window_size = 1024" in source
    assert [it.name for it in rtcdtlstransport.State] == [
        "NEW",
        "CONNECTING",
        "CONNECTED",
        "CLOSED",
        "FAILED",
    ]


def test_a_certificate_has_the_fingerprint_browsers_want() -> None:
    found = {it.algorithm for it in RTCCertificate.generateCertificate().getFingerprints()}
    assert "sha-256" in found


def test_keys_protect_and_open_again() -> None:
    key = bytes(range(30))
    out = pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
    back = pylibsrtp.Session(pylibsrtp.Policy(key=key, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND))
    packet = b"\x80\x6f" + bytes(10) + b"sound"
    protected = out.protect(packet)
    assert protected != packet
    assert back.unprotect(protected) == packet
    with pytest.raises(pylibsrtp.Error):
        back.unprotect(protected)  # nobody can send it again


def test_checks_are_read_and_answered() -> None:
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = "ours:theirs"
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(b"password")
    read = stun.parse_message(bytes(request))
    assert read.check_message_integrity(b"password")
    assert not read.check_message_integrity(b"another")
    assert read.attributes["USERNAME"] == "ours:theirs"
    assert "USE-CANDIDATE" in read.attributes


def test_opus_is_in_the_codec_library() -> None:
    assert "libopus" in av.codecs_available


def test_the_web_process_never_has_them() -> None:
    """Copyleft inside PyAV's wheel, and whatever a codec may crash on, stay outside."""
    program = """
import sys
import stoa.main, stoa.cli, stoa.contact.calls.media.service, stoa.contact.calls.media.embedded
print(*sorted(
    {"av", "aiortc", "aioice", "numpy", "pylibsrtp", "OpenSSL"}
    & {name.partition(".")[0] for name in sys.modules}
))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
