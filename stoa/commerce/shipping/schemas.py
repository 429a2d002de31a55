"""Ways to deliver, as the desk is shown them."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ShippingQuery(BaseModel):
    """The query of `GET /api/desk/shipping-methods`."""

    model_config = ConfigDict(extra="ignore")

    shop_id: UUID
    locale: str = ""


class ShippingMethodView(BaseModel):
    """`free_from_minor` worth of goods are delivered free of charge."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    name: str
    description: str
    countries: list[str]
    price_minor: int
    free_from_minor: int | None
    days_min: int
    days_max: int
    currency: str
