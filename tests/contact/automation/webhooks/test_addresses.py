"""No webhook is called within our own network."""

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.webhooks import service
from stoa.contact.automation.webhooks.errors import WebhookAddressRefused
from stoa.contact.automation.webhooks.queries import list_webhooks
from stoa.platform.node import Node
from tests.contact.automation.webhooks.hooks import Listener, a_webhook, deliver_all, deliveries
from tests.factories.people import an_agent


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest",
        "https://10.0.0.5/",
        "https://user:word@example.org/",
        "ftp://example.org/",
        "https:///hook",
        "nonsense",
    ],
)
async def test_refuses_addresses_within_our_own_network(node: Node, house: Shop, url: str) -> None:
    ada = await an_agent(node.database)
    object.__setattr__(node.settings, "webhook_private_addresses", False)
    with pytest.raises(WebhookAddressRefused):
        await a_webhook(node, shop_id=house.id, by=ada, url=url, events=[])
    async with node.database.read() as session:
        assert await list_webhooks(session, shop_id=house.id) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_name_that_leads_inside_is_not_called(
    node: Node, house: Shop, listener: Listener, host: str
) -> None:
    ada = await an_agent(node.database)
    url = listener.url.replace("127.0.0.1", host)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=url, events=[])
    async with node.database.begin() as session:
        await service.send_test(session, webhook_id=made.webhook.id)
    object.__setattr__(node.settings, "webhook_private_addresses", False)
    await deliver_all(node)
    assert listener.told == []
    assert [one.problem for one in await deliveries(node, made.webhook.id)] == ["private"]
