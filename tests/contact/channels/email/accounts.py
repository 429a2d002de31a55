"""An inbox as the reader of mails is given it."""

from uuid import UUID

from stoa.contact.channels.protocol import Account, ChannelSettings

KEY = b"k" * 32
ADDRESS = "shop@stoa.example"


class MailSettings(ChannelSettings):
    trusted_authserv_ids: tuple[str, ...] = ("mx.stoa.example",)


def account() -> Account:
    return Account(
        id=UUID(int=1),
        shop_id=UUID(int=2),
        name="Mail",
        address=ADDRESS,
        settings=MailSettings(),
        token_key=KEY,
        base_url="https://stoa.example",
    )
