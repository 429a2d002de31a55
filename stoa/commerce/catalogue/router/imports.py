"""`/api/desk/imports`: supervisors bring catalogues in."""

from dataclasses import asdict
from urllib.parse import unquote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.catalogue.desk import ImportFilter, ImportWish, ReportFilter
from stoa.commerce.catalogue.events import IMPORTS
from stoa.commerce.catalogue.models import ImportRun
from stoa.commerce.catalogue.queries.imports import get_import, import_report, list_imports
from stoa.commerce.catalogue.service.imports import cancel_import, create_import
from stoa.commerce.shops.queries import get_shop
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.node import node_of
from stoa.platform.outbox.log import topic_position
from stoa.platform.storage.blobs import record_blob
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.problems import reader_locale, text_for


def _run(run: ImportRun, *, locale: Locale) -> dict[str, object]:
    """An import as the desk shows it, with the reason of its failure in words."""
    shown = asdict(run)
    del shown["blob_id"]
    problem = text_for(run.problem, {}, locale=locale) if run.problem else None
    return {**shown, "progress": run.progress, "problem": problem}


async def imports(request: Request, session: ReadSession) -> Response:
    """The newest imports of a shop, and where the topic `imports` stands."""
    await require_staff(request, session, role=Role.SUPERVISOR)
    wanted = edge.read_query(request, ImportFilter)
    seq, _ = await topic_position(session, topic=IMPORTS)
    shop = await get_shop(session, shop_id=wanted.shop_id)
    runs = await list_imports(session, shop_id=shop.id)
    locale = reader_locale(request)
    return JsonResponse({"items": [_run(run, locale=locale) for run in runs], "seq": seq})


async def one_import(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    run = await get_import(session, run_id=edge.path_id(request))
    return JsonResponse(_run(run, locale=reader_locale(request)))


async def problems(request: Request, session: ReadSession) -> Response:
    """The report by line, in the reader's language."""
    await require_staff(request, session, role=Role.SUPERVISOR)
    wanted = edge.read_query(request, ReportFilter)
    page = await import_report(session, run_id=edge.path_id(request), cursor=wanted.cursor)
    locale = reader_locale(request)
    items = [
        {
            "number": problem.number,
            "line": problem.line,
            "field": problem.field,
            "code": problem.code,
            "message": text_for(problem.code, dict(problem.params), locale=locale),
            "is_error": problem.is_error,
        }
        for problem in page.items
    ]
    return JsonResponse({"items": items, "next": page.next})


async def upload(request: Request) -> Response:
    """The body is the file; a job imports it. It comes in while no connection to the database is
    held."""
    node = node_of(request)
    wanted = edge.read_query(request, ImportWish)
    async with node.database.read() as session:
        person = await require_staff(request, session, role=Role.SUPERVISOR)
        shop = await get_shop(session, shop_id=wanted.shop_id)
    stored = await node.blobs.save_stream(
        request.stream(), max_bytes=node.settings.upload_max_bytes
    )
    async with node.database.begin() as session:
        blob = await record_blob(session, stored=stored, media_type="application/octet-stream")
        run = await create_import(
            session,
            shop_id=shop.id,
            file_name=_file_name(request),
            is_dry_run=wanted.dry_run,
            total_bytes=stored.size_bytes,
            blob_id=blob.id,
            staff_id=person.staff.id,
        )
        await _audit(session, person.staff.id, "import.started", run)
    return JsonResponse(_run(run, locale=reader_locale(request)))


def _file_name(request: Request) -> str:
    name = unquote(request.headers.get("x-file-name", "")).replace("\\", "/")
    plain = "".join(char for char in name.rpartition("/")[2] if char.isprintable())
    return plain.encode(errors="replace").decode()[:200]


async def cancel(request: Request, session: Session) -> Response:
    """The import stops soon; what was written stays."""
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    run = await cancel_import(session, run_id=edge.path_id(request))
    await _audit(session, person.staff.id, "import.cancelled", run)
    return JsonResponse(_run(run, locale=reader_locale(request)))


async def _audit(session: Session, staff_id: UUID, action: str, run: ImportRun) -> None:
    await record_audit(session, staff_id=staff_id, action=action, subject=f"import:{run.id}")


PATH = "/api/desk/imports"

ROUTES: list[Route] = [
    edge.get(PATH, imports, name="desk_imports"),
    Route(PATH, upload, methods=["POST"], name="desk_import_start"),
    edge.get(f"{PATH}/{{id}}", one_import, name="desk_import"),
    edge.get(f"{PATH}/{{id}}/problems", problems, name="desk_import_problems"),
    edge.post(f"{PATH}/{{id}}/cancel", cancel, name="desk_import_cancel"),
]
