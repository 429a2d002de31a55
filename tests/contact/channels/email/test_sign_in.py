"""How one signs in, as the form has it: what is known of a provider need not be entered."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import ValidationError

from stoa.contact.channels.email.channel import CHANNEL
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.oauth import sign_in_url

ADDRESS = "shop@shop.example"
MICROSOFT = {"kind": "microsoft", "client_id": "an id", "tenant": "shop.example"}
GOOGLE = {"kind": "google", "client_id": "an id", "client_secret": "a secret"}
OTHER = {
    "kind": "oauth",
    "authorization_url": "https://login.example/auth",
    "token_url": "https://login.example/token",
    "scopes": "imap, smtp  offline_access",
    "client_id": "an id",
}
SERVERS = {"imap_host": "imap.example", "smtp_host": "smtp.example"}


def settings(sign_in: dict[str, Any], **more: Any) -> EmailSettings:
    return EmailSettings.model_validate({"address": ADDRESS, "sign_in": sign_in} | more)


@pytest.mark.parametrize(
    ("sign_in", "imap", "smtp"),
    [
        (
            MICROSOFT,
            ("outlook.office365.com", 993, "implicit"),
            ("smtp.office365.com", 587, "starttls"),
        ),
        (GOOGLE, ("imap.gmail.com", 993, "implicit"), ("smtp.gmail.com", 465, "implicit")),
    ],
)
def test_the_servers_of_a_provider_are_known(
    sign_in: dict[str, Any], imap: tuple[str, int, str], smtp: tuple[str, int, str]
) -> None:
    # As the form sends it: the hosts left empty, the rest as it began.
    found = settings(sign_in, imap_host="", imap_port=993, smtp_host="", smtp_port=465)
    assert (found.imap_host, found.imap_port, found.imap_tls) == imap
    assert (found.smtp_host, found.smtp_port, found.smtp_tls) == smtp
    assert found.imap_user == found.smtp_user == ADDRESS
    named = settings(sign_in, imap_host="imap.example", imap_port=143, imap_tls="starttls")
    assert (named.imap_host, named.imap_port, named.imap_tls) == ("imap.example", 143, "starttls")


def test_a_shared_mailbox_is_entered_by_its_own_name() -> None:
    found = settings(MICROSOFT, imap_username="team@shop.example")
    assert (found.imap_user, found.smtp_user) == ("team@shop.example", ADDRESS)


def test_microsoft_is_asked_at_the_companys_directory() -> None:
    provider = CHANNEL.provider(settings(MICROSOFT))
    assert provider is not None
    url = urlsplit(sign_in_url(provider, redirect_url="https://s/x", state="s", challenge="c"))
    assert url.netloc == "login.microsoftonline.com"
    assert url.path == "/shop.example/oauth2/v2.0/authorize"
    query = dict(parse_qsl(url.query))
    assert "https://outlook.office.com/IMAP.AccessAsUser.All" in query["scope"].split()
    assert "offline_access" in query["scope"].split()
    assert provider.token_url == "https://login.microsoftonline.com/shop.example/oauth2/v2.0/token"


def test_google_is_asked_for_lasting_access_to_mail() -> None:
    provider = CHANNEL.provider(settings(GOOGLE))
    assert provider is not None
    url = urlsplit(sign_in_url(provider, redirect_url="https://s/x", state="s", challenge="c"))
    query = dict(parse_qsl(url.query))
    assert (query["access_type"], query["prompt"]) == ("offline", "consent")
    assert provider.needs == ("https://mail.google.com/",)


def test_another_provider_says_where_it_is() -> None:
    provider = CHANNEL.provider(settings(OTHER, **SERVERS))
    assert provider is not None
    assert provider.name == "login.example"
    assert provider.scopes == ("imap", "smtp", "offline_access")


def test_whoever_has_a_password_signs_in_nowhere() -> None:
    plain = EmailSettings.model_validate({"address": ADDRESS, **SERVERS, "imap_username": "shop"})
    assert CHANNEL.provider(plain) is None
    assert (plain.has_token, plain.imap_user, plain.smtp_user) == (False, "shop", "")


def test_a_password_that_is_not_needed_is_not_kept() -> None:
    found = settings(GOOGLE, imap_password="word", smtp_password="word")
    assert found.imap_password.get_secret_value() == found.smtp_password.get_secret_value() == ""


@pytest.mark.parametrize(
    "wrong",
    [
        OTHER | {"token_url": "http://login.example/token"},
        OTHER | {"authorization_url": "ftp://login.example"},
        OTHER | {"authorization_url": "https://user@login.example/"},
        OTHER | {"scopes": " , "},
        OTHER | {"scopes": 'a"b'},
        OTHER | {"client_id": " "},
        MICROSOFT | {"tenant": "../../evil"},
        MICROSOFT | {"tenant": ""},
        GOOGLE | {"tenant": "x"},
        {"kind": "facebook"},
        {},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(wrong, **SERVERS)


def test_a_provider_on_this_machine_may_go_without_tls() -> None:
    local = OTHER | {
        "authorization_url": "http://127.0.0.1:9/a",
        "token_url": "http://localhost:9/t",
    }
    assert settings(local, **SERVERS).has_token


def test_without_a_known_provider_the_servers_have_to_be_named() -> None:
    with pytest.raises(ValidationError, match="smtp_host"):
        settings(OTHER, imap_host="imap.example")
    with pytest.raises(ValidationError, match="imap_host"):
        settings(OTHER, smtp_host="smtp.example")
