"""What is swept away by itself."""

import structlog

from stoa.people.consent.service import forget_old_requests
from stoa.people.customers.service import forget_old_proofs
from stoa.platform.node import Node

log = structlog.get_logger()


async def forget_unanswered(node: Node) -> None:
    """Questions and codes that led to nothing are gone, with the addresses they went to."""
    async with node.database.begin() as session:
        requests = await forget_old_requests(session)
        proofs = await forget_old_proofs(session)
    log.info("consent.swept", requests=requests, proofs=proofs)
