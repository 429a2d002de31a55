"""Credentials as coturn checks them."""

from datetime import UTC, datetime, timedelta

from stoa.platform.relay.credentials import make_credentials

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_the_name_says_until_when_and_the_password_signs_it() -> None:
    made, until = make_credentials("north", user="leg", at=EPOCH, lasts=timedelta(seconds=60))
    assert until == EPOCH + timedelta(seconds=60)
    assert made.username == "60:leg"
    # printf 60:leg | openssl dgst -sha1 -hmac north -binary | base64
    assert made.password == "zwM7JmV65Z9PbO4hhQmfGiHCWBI="


def test_a_password_is_not_written_where_credentials_are_shown() -> None:
    made, _ = make_credentials("north", user="leg", at=EPOCH, lasts=timedelta(seconds=60))
    assert made.password not in repr(made)
