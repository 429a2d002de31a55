"""`/api/desk/products`: agents look, supervisors change."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.catalogue.desk import PicturesChange, ProductChange, ProductFilter, ProductRows
from stoa.commerce.catalogue.errors import PictureTooLarge
from stoa.commerce.catalogue.pictures.looking import look_at
from stoa.commerce.catalogue.queries.editing import (
    list_products,
    product_detail,
    shop_of_product,
)
from stoa.commerce.catalogue.schemas import Texts
from stoa.commerce.catalogue.service.editing import (
    ProductEdit,
    VariantEdit,
    arrange_pictures,
    attach_picture,
    detach_picture,
    edit_product,
)
from stoa.commerce.catalogue.service.pictures import add_picture
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role, SignedIn
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.problems import reader_locale


async def products(request: Request, session: ReadSession) -> Response:
    """A page of products, the newest first."""
    await require_staff(request, session)
    wanted = edge.read_query(request, ProductFilter)
    shop = await get_shop(session, shop_id=wanted.shop_id)
    page = await list_products(
        session,
        shop=shop,
        locale=_shown_locale(request, shop),
        text=wanted.q,
        cursor=wanted.cursor,
    )
    return JsonResponse(ProductRows(items=list(page.items), next=page.next))


async def product(request: Request, session: ReadSession) -> Response:
    """One product as it can be edited."""
    await require_staff(request, session)
    return await _answer(request, session, edge.path_id(request))


def _shown_locale(request: Request, shop: Shop) -> Locale:
    locale = reader_locale(request)
    return locale if locale in shop.locales else shop.default_locale


async def _answer(request: Request, session: ReadSession, product_id: UUID) -> Response:
    shop_id = await shop_of_product(session, product_id=product_id)
    shop = await get_shop(session, shop_id=shop_id)
    detail = await product_detail(
        session, shop=shop, locale=_shown_locale(request, shop), product_id=product_id
    )
    return JsonResponse(detail)


async def _editor(request: Request, session: ReadSession) -> tuple[SignedIn, Shop, UUID]:
    """Who may change which product of which shop."""
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    product_id = edge.path_id(request)
    shop_id = await shop_of_product(session, product_id=product_id)
    return person, await get_shop(session, shop_id=shop_id), product_id


async def _audit(session: Session, person: SignedIn, action: str, product_id: UUID) -> None:
    await record_audit(
        session, staff_id=person.staff.id, action=action, subject=f"product:{product_id}"
    )


def _texts(texts: Mapping[Locale, str] | None) -> Texts | None:
    return None if texts is None else {str(locale): text for locale, text in texts.items()}


async def change_product(request: Request, session: Session) -> Response:
    """The product is changed; the answer is the product as it is then."""
    person, shop, product_id = await _editor(request, session)
    change = await edge.read_json(request, ProductChange)
    edit = ProductEdit(
        names=_texts(change.names),
        descriptions=_texts(change.descriptions),
        brand=change.brand,
        is_visible=change.is_visible,
        is_featured=change.is_featured,
        variants=[VariantEdit(**variant.model_dump()) for variant in change.variants],
    )
    await edit_product(session, shop=shop, product_id=product_id, version=change.version, edit=edit)
    await _audit(session, person, "product.changed", product_id)
    return await _answer(request, session, product_id)


async def upload_picture(request: Request) -> Response:
    """The body is a picture the product shows from now on. The bytes come in and are looked at
    while no connection to the database is held."""
    node = node_of(request)
    async with node.database.read() as session:
        await _editor(request, session)
    limit = node.settings.picture_max_bytes
    data = b"".join([chunk async for chunk in _limited(request, max_bytes=limit)])
    # Not in the pool: a person waits, and there may be a thousand pictures to render before.
    looked = await asyncio.to_thread(look_at, data)
    stored = await node.blobs.save(data)
    async with node.database.begin() as session:
        person, shop, product_id = await _editor(request, session)
        picture_id = await add_picture(session, shop=shop, stored=stored, looked=looked)
        await attach_picture(session, shop=shop, product_id=product_id, picture_id=picture_id)
        await _audit(session, person, "product.picture_added", product_id)
        return await _answer(request, session, product_id)


async def _limited(request: Request, *, max_bytes: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise PictureTooLarge
        yield chunk


async def change_pictures(request: Request, session: Session) -> Response:
    """The pictures stand in the order given."""
    person, shop, product_id = await _editor(request, session)
    change = await edge.read_json(request, PicturesChange)
    await arrange_pictures(
        session,
        shop=shop,
        product_id=product_id,
        picture_ids=change.picture_ids,
        alts={picture_id: _texts(texts) or {} for picture_id, texts in change.alts.items()},
    )
    await _audit(session, person, "product.pictures_changed", product_id)
    return await _answer(request, session, product_id)


async def remove_picture(request: Request, session: Session) -> Response:
    """The product no longer shows the picture."""
    person, shop, product_id = await _editor(request, session)
    await detach_picture(
        session,
        shop=shop,
        product_id=product_id,
        picture_id=edge.path_id(request, "picture_id"),
    )
    await _audit(session, person, "product.picture_removed", product_id)
    return await _answer(request, session, product_id)


PATH = "/api/desk/products"

ROUTES: list[Route] = [
    edge.get(PATH, products, name="desk_products"),
    edge.get(f"{PATH}/{{id}}", product, name="desk_product"),
    edge.patch(f"{PATH}/{{id}}", change_product, name="desk_product_change"),
    Route(f"{PATH}/{{id}}/pictures", upload_picture, methods=["POST"], name="desk_picture_add"),
    edge.patch(f"{PATH}/{{id}}/pictures", change_pictures, name="desk_pictures_change"),
    edge.delete(f"{PATH}/{{id}}/pictures/{{picture_id}}", remove_picture, name="desk_picture_gone"),
]
