"""The signature and the pauses of webhooks."""

import base64
from datetime import timedelta

from stoa.contact.automation.webhooks import rules


def test_the_signature_is_the_standards_own_example() -> None:
    """The example of github.com/standard-webhooks/standard-webhooks, its specification."""
    from datetime import UTC, datetime

    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = rules.headers_of(
        secret,
        id_="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, UTC),
        body=b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_grow_and_end() -> None:
    pauses = [rules.pause_after(attempts) for attempts in range(1, len(rules.PAUSES) + 2)]
    assert pauses[-1] is None
    grown = [pause for pause in pauses if pause is not None]
    assert grown == sorted(grown)
    assert timedelta(days=2) < sum(grown, timedelta()) < rules.STOP_AFTER
    assert rules.pause_after(1, retry_after=timedelta(days=400)) == rules.LONGEST_PAUSE
