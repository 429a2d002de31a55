"""Any bytes can be read; what is broken is named by its line."""

import contextlib
import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commerce.catalogue.importing.errors import EmptyFile, UnknownFormat
from stoa.commerce.catalogue.importing.file import ImportFile
from stoa.commerce.catalogue.importing.values import parse_price, plain_number
from tests.commerce.catalogue.importing.files import (
    GOOGLE_TSV,
    SHOPIFY,
    SHOPIFY_NEW,
    TARGET,
    WOOCOMMERCE,
    WOOCOMMERCE_ITALIAN,
    codes,
    line_of,
    read,
    records,
    write,
)

HEADERS = [SHOPIFY, SHOPIFY_NEW, WOOCOMMERCE, WOOCOMMERCE_ITALIAN, GOOGLE_TSV]


def shopify(handle: str, title: str, **values: str) -> str:
    return line_of(SHOPIFY, {"Handle": handle, "Title": title, "Variant Price": "10", **values})


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("utf-8", "Żółta łódź, größer"),
        ("utf-8-sig", "Żółta łódź"),
        ("utf-16", "Καρέκλα"),
        ("utf-16-le", "Krzesło"),
        ("cp1250", "Krzesło dębowe, świeżo malowane"),
        ("cp1252", "Sedia più bella perché è così"),
        ("cp1253", "Ξύλινη καρέκλα κήπου"),
    ],
)
def test_tells_the_encoding(tmp_path: Path, encoding: str, title: str) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, shopify("a", title)], encoding=encoding)
    assert records(path)[0].names == {"de": title}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    header = SHOPIFY.replace(",", delimiter)
    values = {"Handle": "a", "Title": f"A{delimiter}B", "Variant Price": "1,50"}
    path = write(tmp_path / "p.csv", [header, line_of(header, values, delimiter=delimiter)])
    (record,) = records(path)
    assert record.names == {"de": f"A{delimiter}B"}
    assert record.variants[0].price_minor == 150


def test_a_line_with_broken_bytes_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    good = [shopify(f"g{n}", f"Größe {n}") for n in range(5)]
    broken = shopify("broken", "Gr@sse").encode().replace(b"@", b"\xf6\xdf")
    lines = [SHOPIFY.encode(), *(line.encode() for line in good[:2]), broken]
    path.write_bytes(b"\n".join([*lines, *(line.encode() for line in good[2:])]))
    drafts, problems = read(path)
    assert codes(problems) == [(4, "import.broken_encoding")]
    assert len(drafts) == 5


def test_an_unclosed_quote_costs_its_line_only(tmp_path: Path) -> None:
    lines = [SHOPIFY, shopify("a", "A"), 'b,"never closed,,,,,,']
    lines += [shopify(f"c{n}", f"C {n}") for n in range(3000)]
    drafts, problems = read(write(tmp_path / "p.csv", lines))
    assert codes(problems) == [(3, "import.unclosed_quote")]
    assert len(drafts) == 3001


def test_a_field_that_is_too_large_costs_its_line_only(tmp_path: Path) -> None:
    lines = [
        SHOPIFY,
        shopify("a", "A" * 200_000),
        shopify("b", "B"),
        "x" * 3_000_000,
        shopify("c", "C"),
        shopify("d", "D") + ",,,more,than,columns",
    ]
    drafts, problems = read(write(tmp_path / "p.csv", lines))
    assert codes(problems) == [
        (2, "import.field_too_large"),
        (4, "import.field_too_large"),
        (6, "import.wrong_columns"),
    ]
    assert len(drafts) == 2


def test_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(EmptyFile):
        read(tmp_path / "empty.csv")
    with pytest.raises(UnknownFormat):
        read(write(tmp_path / "other.csv", ["name,colour", "a,b"]))


def test_reads_a_large_file_in_little_memory(tmp_path: Path) -> None:
    """30 MB here; what is held does not grow with the file."""
    path = tmp_path / "large.csv"
    body = "<p>" + "Lorem ipsum dolor sit amet. " * 100 + "</p>"
    with path.open("w", encoding="utf-8") as file:
        file.write(SHOPIFY + "\n")
        for n in range(10_000):
            file.write(shopify(f"p{n}", f"P {n}", **{"Body (HTML)": body}) + "\n")
    tracemalloc.start()
    opened = ImportFile(path, target=TARGET)
    try:
        while not opened.read_rows(1000)[1]:
            pass
        assert sum(1 for _ in opened.drafts()) == 10_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        opened.close()
    assert path.stat().st_size > 28_000_000
    assert peak < 12_000_000


texts = st.text(st.characters(codec="utf-8"), max_size=40)
cells = st.one_of(
    texts,
    st.sampled_from(
        ["1", "-1", "10.00", "1e99", "NaN", "∞", "simple", "variable", "variation", "id:1", "Rot",
         "1, 2", "> >", "https://a.example/x.png", '"', "\x00", "10 EUR", "true", "title", "a"]
    ),
)  # fmt: skip


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), header=st.sampled_from(HEADERS))
def test_any_cells_give_products_or_problems(
    tmp_path: Path, data: st.DataObject, header: str
) -> None:
    delimiter = "\t" if "\t" in header else ","
    names = next(csv.reader([header], delimiter=delimiter))
    rows = data.draw(
        st.lists(st.dictionaries(st.integers(0, len(names) - 1), cells), min_size=1, max_size=8)
    )
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        writer.writerow([row.get(n, "") for n in range(len(names))])
    path = tmp_path / "any.csv"
    path.write_bytes((header + "\n" + out.getvalue()).encode())
    drafts, problems = read(path)
    for draft in drafts:
        if draft.record is not None:
            assert draft.record.variants
            assert len(draft.record.variants) == len(draft.variant_lines)
            assert all(variant.price_minor >= 0 for variant in draft.record.variants)
        else:
            assert draft.problems
    # Every row is accounted for: in a product, or named with a reason, or empty.
    assert all(problem.line >= 1 for problem in problems)


@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from([*(header.encode() + b"\n" for header in HEADERS), b"<rss><item>", b""]),
    rest=st.binary(max_size=400),
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(start + rest)
    with contextlib.suppress(UnknownFormat, EmptyFile):
        read(path)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.90", 1290), ("12,90 EUR", 1290), ("€ 12,90", 1290), ("EUR12", 1200),
        ("1.234,50", 123450), ("1,234.50", 123450), ("1 234,50 €", 123450), ("12.900", None),
        ("12.9000", 1290), ("-1", None), ("", None), ("abc", None), ("12 USD", None),
        ("1e3", None), ("１２", None),
    ],
)  # fmt: skip
def test_reads_prices(text: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError, match=r"not a|USD"):
            parse_price(text, "EUR")
    else:
        assert parse_price(text, "EUR") == minor


@given(st.integers(0, 10**9))
def test_reads_every_price_however_it_is_written(minor: int) -> None:
    whole, cents = divmod(minor, 100)
    for text in (f"{whole}.{cents:02}", f"{whole},{cents:02}", f"{whole:,}.{cents:02}"):
        assert parse_price(text, "EUR") == minor
    assert plain_number(f"{whole:,}.{cents:02}".replace(",", "'")) == f"{whole}.{cents:02}"
