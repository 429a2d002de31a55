"""`/hooks/{channel}/{inbox id}`: where the world outside calls us."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.contact.channels.inboxes import account_of, get_inbox, type_of
from stoa.contact.channels.protocol import Report
from stoa.contact.channels.receive import take
from stoa.contact.channels.reports import take_report
from stoa.platform.errors import NotFound
from stoa.platform.node import node_of
from stoa.platform.web import edge


async def hook(request: Request) -> Response:
    """What the call brought is committed before it is answered, so that a lost answer brings it
    again."""
    node = node_of(request)
    async with node.database.read() as session:
        inbox = await get_inbox(session, inbox_id=edge.path_id(request))
    if not inbox.is_on or inbox.channel != request.path_params["channel"]:
        raise NotFound()
    account = account_of(inbox, settings=node.settings)
    for brought in await type_of(inbox.channel).hook(account, request):
        if isinstance(brought, Report):
            async with node.database.begin() as session:
                await take_report(session, inbox_id=inbox.id, report=brought)
        else:
            await take(node, inbox_id=inbox.id, raw=brought)
    # Who calls until a certain word is answered has a channel that says so.
    answer: Response | None = getattr(request.state, "hook_answer", None)
    return answer or Response(status_code=204)


ROUTES: list[Route] = [Route("/hooks/{channel}/{id}", hook, methods=["GET", "POST"], name="hook")]
