"""What can be wrong with a wish about the catalogue."""

from stoa.platform.errors import Conflict, DomainError, NotFound


class NoSuchProduct(NotFound):
    code = "catalogue.no_such_product"


class NoSuchCategory(NotFound):
    code = "catalogue.no_such_category"


class NoSuchPicture(NotFound):
    code = "catalogue.no_such_picture"


class SkuTaken(Conflict):
    code = "catalogue.sku_taken"


class SlugTaken(Conflict):
    code = "catalogue.slug_taken"


class UnknownParent(DomainError):
    """The parent of a category is neither known nor among the records, or is below itself."""

    code = "catalogue.unknown_parent"
    status = 422


class NotAPicture(DomainError):
    code = "catalogue.not_a_picture"
    status = 422


class PictureTooLarge(DomainError):
    code = "catalogue.picture_too_large"
    status = 413


class NoSuchImport(NotFound):
    code = "catalogue.no_such_import"


class ImportBusy(Conflict):
    """Another import of the shop is running; this one has to wait for it."""

    code = "catalogue.import_busy"


class ImportOver(Conflict):
    """It has ended; there is nothing left to cancel."""

    code = "catalogue.import_over"
