"""What an inbox keeps of its secrets."""

from stoa.contact.channels.inboxes import get_inbox, secret_paths
from tests.contact.channels.conftest import Place


async def test_secrets_are_kept_apart_and_sealed(place: Place) -> None:
    async with place.node.database.read() as session:
        inbox = await get_inbox(session, inbox_id=place.inbox.id)
    assert inbox.settings["password"] is None
    assert inbox.secrets is not None
    assert b"hunter2" not in inbox.secrets
    assert secret_paths(inbox, key=place.node.settings.secret_key) == ["password"]
