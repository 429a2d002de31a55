"""Files as other shops export them, and reading them whole."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from stoa.commerce.catalogue.importing.drafts import ProductDraft, RowProblem, Target
from stoa.commerce.catalogue.importing.file import ImportFile
from stoa.commerce.catalogue.schemas import ProductRecord

TARGET = Target(currency="EUR", locale="de", today=date(2026, 11, 21))

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
    "Image Alt Text,Gift Card,SEO Title,SEO Description,Variant Image,Variant Weight Unit,"
    "Variant Tax Code,Cost per item,Status"
)
SHOPIFY_NEW = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Barcode,Option1 name,Option1 value,Option1 Linked To,Option2 name,Option2 value,"
    "Option2 Linked To,Option3 name,Option3 value,Option3 Linked To,Price,Compare-at price,"
    "Cost per item,Charge tax,Tax code,Inventory tracker,Inventory quantity,"
    "Continue selling when out of stock,Weight value (grams),Weight unit for display,"
    "Requires shipping,Fulfillment service,Product image URL,Image position,Image alt text,"
    "Variant image URL,Gift card,SEO title,SEO description,"
    "Color (product.metafields.shopify.color-pattern)"
)
WOOCOMMERCE = (
    'ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"Is featured?",'
    '"Visibility in catalog","Short description",Description,"Date sale price starts",'
    '"Date sale price ends","Tax status","Tax class","In stock?",Stock,"Low stock amount",'
    '"Backorders allowed?","Sold individually?","Weight (kg)","Length (cm)","Width (cm)",'
    '"Height (cm)","Allow customer reviews?","Purchase note","Sale price","Regular price",'
    'Categories,Tags,"Shipping class",Images,"Download limit","Download expiry days",Parent,'
    '"Grouped products",Upsells,Cross-sells,"External URL","Button text",Position,Brands,'
    '"Attribute 1 name","Attribute 1 value(s)","Attribute 1 visible","Attribute 1 global",'
    '"Attribute 2 name","Attribute 2 value(s)","Attribute 2 visible","Attribute 2 global"'
)
# As a shop in Italian exports it; the columns are the same.
WOOCOMMERCE_ITALIAN = (
    'ID,Tipo,COD,Nome,Pubblicato,"In primo piano?","Visibilità nel catalogo",'
    '"Breve descrizione",Descrizione,"Data di partenza del prezzo in saldo",'
    '"Termine data del prezzo di vendita","Stato delle imposte","Aliquota di imposta",'
    '"In stock?",Magazzino,"Abilita gli ordini arretrati?","Venduto singolarmente?",'
    '"Peso (kg)","Lunghezza (cm)","Larghezza (cm)","Altezza (cm)",'
    '"Permetti le recensioni clienti?","Nota di acquisto","Prezzo in offerta",'
    '"Prezzo di listino",Categorie,Etichette,"Classe di spedizione",Immagine,'
    '"Limite di download","Scarica i giorni di scadenza",Genitore,"Prodotti raggruppati",'
    'Up-sell,Cross-sell,"URL esterna","Testo del pulsante",Posizione,"Attributo 1 nome",'
    '"Attributo 1 valuta(e)","Attributo 1 visibile","Attributo 1 globale"'
)
GOOGLE_TSV = (
    "id\ttitle\tdescription\tlink\timage link\tadditional image link\tavailability\tprice\t"
    "sale price\tbrand\tgtin\titem group id\tcolor\tsize\tproduct type\tshipping weight"
)


def line_of(header: str, values: dict[str, str], *, delimiter: str = ",") -> str:
    """A row under `header` with these values; others are empty."""
    names = _split(header, delimiter)
    unknown = set(values) - set(names)
    assert not unknown, unknown
    return delimiter.join(_quoted(values.get(name, ""), delimiter) for name in names)


def _split(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header], delimiter=delimiter))


def _quoted(text: str, delimiter: str) -> str:
    if any(char in text for char in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def write(path: Path, lines: Sequence[str], *, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def read(path: Path, *, target: Target = TARGET) -> tuple[list[ProductDraft], list[RowProblem]]:
    """(the file's products, everything that is wrong with it)."""
    file = ImportFile(path, target=target)
    try:
        problems: list[RowProblem] = []
        is_done = False
        while not is_done:
            found, is_done = file.read_rows(100)
            problems += found
        drafts = list(file.drafts())
    finally:
        file.close()
    for draft in drafts:
        problems += draft.problems
    return drafts, problems


def records(path: Path, *, target: Target = TARGET) -> list[ProductRecord]:
    """The products of a file that has nothing wrong with it."""
    drafts, problems = read(path, target=target)
    assert problems == []
    return [draft.record for draft in drafts if draft.record]


def codes(problems: Sequence[RowProblem]) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in problems]
