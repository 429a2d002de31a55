"""Keys that sign for a domain (DKIM, RFC 6376), and certificates that are trusted."""

import base64
import ssl
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificates

RSA_BITS = 2048  # what fits a DNS record and is believed by everybody
RSA_BITS_LEAST = 1024  # RFC 8301 section 3.2


class Unusable(ValueError):
    """The text says what is wrong with the key or the certificate."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    private: RSAPrivateKey

    @property
    def record(self) -> str:
        """The TXT record to publish (RFC 6376 section 3.6.1)."""
        public = self.private.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode('ascii')}"


def make_key() -> str:
    """A new private key, as PEM."""
    key = generate_private_key(public_exponent=65_537, key_size=RSA_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def check_key(pem: str) -> None:
    """The key, if there is one, can sign.

    Raises:
        Unusable
    """
    if pem.strip():
        read_key(pem)


@lru_cache(maxsize=64)  # settings are read for every mail, and a key is proved each time
def read_key(pem: str) -> SigningKey:
    """
    Raises:
        Unusable
    """
    try:
        key = load_pem_private_key(pem.strip().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable("it is a private key in PEM form, without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise Unusable("it is an RSA key: many still read no other")
    if key.key_size < RSA_BITS_LEAST:
        raise Unusable(f"an RSA key below {RSA_BITS_LEAST} bits is believed by nobody")
    return SigningKey(key)


def check_certificate(pem: str) -> None:
    """
    Raises:
        Unusable: it is no certificate in PEM form; an empty text is fine.
    """
    if pem.strip():
        _read_certificates(pem)


@lru_cache(maxsize=64)
def _read_certificates(pem: str) -> None:
    try:
        load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise Unusable("it is a certificate in PEM form") from error


def trusting(pem: str) -> ssl.SSLContext:
    """Believes the public authorities, and who signed these certificates too.

    Raises:
        Unusable
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if pem.strip():
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            raise Unusable("it is a certificate in PEM form") from error
    return context
