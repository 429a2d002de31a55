"""What may be said of a mailbox, and at which field it is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from stoa.contact.channels.email.keys import make_key, read_key
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.forms import join, schema_of, split

GIVEN = {
    "address": "Sklep@Shop.Example",
    "imap_host": "imap.shop.example",
    "smtp_host": "smtp.shop.example",
}


def settings(**more: Any) -> EmailSettings:
    return EmailSettings.model_validate(GIVEN | more)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": "a@b@c.example"}, "address"),
        ({"address": "zażółć@shop.example"}, "address"),
        ({"imap_host": ""}, "imap_host"),
        ({"imap_host": "https://imap.shop.example/x"}, "imap_host"),
        ({"imap_tls": "none"}, "imap_tls"),
        ({"smtp_tls": "none"}, "smtp_tls"),
        ({"smtp_host": ""}, "smtp_host"),
        ({"smtp_port": 70_000}, "smtp_port"),
        ({"dkim_domain": "shop.example", "dkim_key": "not a key"}, "dkim_key"),
        ({"dkim_key": "new"}, "dkim_key"),
        ({"ca_certificate": "not one"}, "ca_certificate"),
        ({"forwarding_address": "x"}, "forwarding_address"),
        ({"rspamd_url": "http://user:pass@host"}, "rspamd_url"),
    ],
)
def test_names_the_field_that_cannot_be(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(**wrong)
    assert {error["loc"] for error in raised.value.errors()} == {(field,)}


def test_goes_without_tls_on_this_machine_only() -> None:
    assert settings(imap_tls="none", imap_host="localhost").imap_tls == "none"


def test_makes_a_key_for_who_asks_and_keeps_it() -> None:
    made = settings(dkim_domain="shop.example", dkim_key="new")
    record = read_key(made.dkim_key.get_secret_value()).record
    plain, secrets = split(made)
    again = join(EmailSettings, plain=plain, secrets=secrets)
    assert read_key(again.dkim_key.get_secret_value()).record == record


def test_is_the_same_after_it_was_kept() -> None:
    made = settings(
        imap_password="a", trusted_authserv_ids="mx.a.example, mx.b.example", dkim_key=None
    )
    assert made.trusted_authserv_ids == ("mx.a.example", "mx.b.example")
    plain, secrets = split(made)
    assert secrets == {"imap_password": "a"}
    assert join(EmailSettings, plain=plain, secrets=secrets) == made


def test_the_form_knows_what_is_secret_and_where_it_belongs() -> None:
    fields = schema_of(EmailSettings)["properties"]
    assert {name for name, field in fields.items() if field.get("writeOnly")} == {
        "imap_password",
        "smtp_password",
        "dkim_key",
    }
    assert all(field.get("group") for field in fields.values())


def test_writes_a_foreign_domain_as_servers_need_it() -> None:
    assert settings(address="shop@żółw.example").plain_address == "shop@xn--w-uga1v8h.example"


def test_leaves_the_tag_out_where_it_does_not_fit() -> None:
    made = settings(address=f"{'a' * 40}@shop.example")
    assert made.tagged_address("t" * 30) == made.plain_address
    assert "+t" in made.tagged_address("t")


def test_a_new_key_can_sign() -> None:
    assert read_key(make_key()).record.startswith("v=DKIM1; k=rsa; p=MII")
