"""A mail that is signed without showing what it signs."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.email.reading.sealed import NotSigned, signed_content
from stoa.contact.channels.protocol import Inbound, Raw
from stoa.platform.clock import now
from tests.contact.channels.email.accounts import account
from tests.contact.channels.email.making.mails import common, multipart, part, whole

PDF = part("application/pdf", b"%PDF", charset=None, encoding="base64")
INNER = multipart("mixed", [part("text/plain", "Proszę o fakturę."), PDF])


@pytest.fixture(scope="module")
def signer() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "grace@customer.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now()).not_valid_after(now())
    return builder.sign(key, hashes.SHA256()), key


@pytest.fixture(scope="module")
def sealed(signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey]) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(INNER)
    builder = builder.add_signer(*signer, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def read(content: bytes, *, name: str = "smime.p7m") -> Inbound:
    seal = part(
        "application/pkcs7-mime; smime-type=signed-data",
        content,
        charset=None,
        encoding="base64",
        extra=f'Content-Disposition: attachment; filename="{name}"\n',
    )
    parsed = parse_mail(account(), Raw("1", whole(common(), seal)))
    assert isinstance(parsed, Inbound)
    return parsed


def test_reads_what_was_signed(sealed: bytes) -> None:
    found = read(sealed)
    assert found.text == "Proszę o fakturę."
    assert [file.content for file in found.files] == [b"%PDF"]


def test_reads_what_was_signed_as_a_stream(
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey], tmp_path: Path
) -> None:
    """OpenSSL leaves the lengths open when it streams, and cuts the content into pieces."""
    certificate, key = signer
    pem = serialization.Encoding.PEM
    (tmp_path / "cert").write_bytes(certificate.public_bytes(pem))
    (tmp_path / "key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "in").write_bytes(INNER)
    subprocess.run(
        ["openssl", "cms", "-sign", "-nodetach", "-binary", "-stream", "-outform", "DER",
         "-signer", "cert", "-inkey", "key", "-in", "in", "-out", "out"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    data = (tmp_path / "out").read_bytes()
    assert data[1] == 0x80
    assert read(data).text == "Proszę o fakturę."


def test_leaves_a_signed_document_a_file(sealed: bytes) -> None:
    found = read(sealed, name="IT01234567890_00001.xml.p7m")
    assert [file.file_name for file in found.files] == ["IT01234567890_00001.xml.p7m"]
    assert found.card is not None
    assert found.card.notes == []


def test_says_that_what_is_encrypted_cannot_be_read() -> None:
    found = read(b"0\x03\x02\x01\x00")
    assert found.card is not None
    assert found.card.notes == ["encrypted"]
    assert [file.file_name for file in found.files] == ["smime.p7m"]


@given(st.integers(0, 600), st.binary(max_size=6))
def test_survives_any_damage(sealed: bytes, at: int, damage: bytes) -> None:
    try:
        signed_content(sealed[:at] + damage + sealed[at + len(damage) :])
    except NotSigned:
        return


@given(st.binary(max_size=100))
def test_survives_anything(content: bytes) -> None:
    with pytest.raises(NotSigned):
        signed_content(content)


def test_is_not_kept_busy_by_open_lengths() -> None:
    with pytest.raises(NotSigned):
        signed_content(b"\x30\x80" * 500_000)
