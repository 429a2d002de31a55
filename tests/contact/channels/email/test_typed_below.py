"""What somebody types below the last line of our text is found, wherever their program put it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from stoa.contact.channels.email.reading import parse_mail, trim
from stoa.contact.channels.protocol import Inbound, Raw
from tests.contact.channels.email.accounts import account
from tests.contact.channels.email.making import shapes
from tests.contact.channels.email.making.mails import reply
from tests.contact.channels.email.making.words import WORDS, Words

SIGNATURE = "Stoa\nMarket Square 1, Warsaw"


def read(words: Words, plain: str, html: str, *, signature: str = "") -> Inbound:
    content = reply(words, plain, html, subject=f"{words.reply_prefix}: {words.subject}")
    parsed = parse_mail(account(), Raw("1", content))
    assert isinstance(parsed, Inbound)
    ours = "\n\n".join(words.ours)
    return trim(
        parsed, sent=["What we wrote before that, of something else.", ours], signature=signature
    )


def within(shape: shapes.Shape, words: Words, top: tuple[str, ...], *ends: str) -> tuple[str, str]:
    """Typed in the quote, as if it went on."""
    return shape(replace(words, answer=top, ours=(*words.ours, *ends)))


def after(shape: shapes.Shape, words: Words, top: tuple[str, ...], *ends: str) -> tuple[str, str]:
    """Typed below all that the program has quoted."""
    plain, html = shape(replace(words, answer=top))
    if plain:
        plain = f"{plain.rstrip()}\n\n{shapes.text(ends)}\n"
    if html:
        body, end, rest = html.partition("</body>")
        html = f"{body}{shapes.paragraphs_html(ends)}{end}{rest}"
    return plain, html


def only_html(shape: shapes.Shape) -> shapes.Shape:
    return lambda words: ("", shape(words)[1])


def only_plain(shape: shapes.Shape) -> shapes.Shape:
    return lambda words: (shape(words)[0], "")


Typed = Callable[..., tuple[str, str]]
FORMS: dict[str, tuple[Typed, shapes.Shape]] = {
    "gmail-within": (within, only_html(shapes.gmail)),
    "gmail-after": (after, shapes.gmail),
    "gmail-plain": (after, shapes.gmail_plain),
    "outlook": (after, only_html(shapes.outlook)),
    "outlook-plain": (after, shapes.outlook_plain),
    "outlook-plain-of-both": (after, only_plain(shapes.outlook)),
    "outlook-web": (after, only_html(shapes.outlook_web)),
    "outlook-mobile": (after, shapes.outlook_mobile),
    "apple-within": (within, only_html(shapes.apple)),
    "apple-after": (after, only_html(shapes.apple)),
    "apple-plain": (after, only_plain(shapes.apple)),
    "iphone": (after, shapes.iphone),
    "thunderbird-within": (within, only_html(shapes.thunderbird)),
    "thunderbird-after": (after, only_html(shapes.thunderbird)),
    "thunderbird-plain": (after, only_plain(shapes.thunderbird)),
    "yahoo-within": (within, only_html(shapes.yahoo)),
}


@pytest.mark.parametrize("tag", list(WORDS))
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("has_top", [True, False])
def test_what_is_typed_below_our_text_is_found(form: str, tag: str, has_top: bool) -> None:
    words = WORDS[tag]
    typed, shape = FORMS[form]
    first, answer = words.answer[0].split("\n")[0], words.answer[1]
    plain, html = typed(shape, words, (first,) if has_top else (), answer)
    found = read(words, plain, html)
    assert answer in found.text.split("\n\n")[-1]
    assert found.text.startswith(first if has_top else answer)
    for ours in words.ours:
        assert ours not in found.text
    assert found.card is not None
    assert found.card.has_quote


@pytest.mark.parametrize("tag", list(WORDS))
@pytest.mark.parametrize(
    "shape", [shapes.outlook_plain, only_html(shapes.outlook), only_html(shapes.gmail)]
)
@pytest.mark.parametrize("mark", ["-- \n", ""])
def test_our_signature_is_no_answer(tag: str, shape: shapes.Shape, mark: str) -> None:
    words = WORDS[tag]
    first, answer = words.answer[0].split("\n")[0], words.answer[1]
    plain, html = within(shape, words, (first,), f"{mark}{SIGNATURE}")
    assert read(words, plain, html, signature=SIGNATURE).text == first
    plain, html = within(shape, words, (first,), f"{mark}{SIGNATURE}", answer)
    found = read(words, plain, html, signature=SIGNATURE)
    assert found.text == f"{first}\n\n{answer}"


def test_a_signature_that_has_changed_since_is_no_answer_where_it_is_marked() -> None:
    words = WORDS["en"]
    plain, html = within(
        shapes.outlook_plain, words, ("Hello,",), "-- \nStoa\nOld Street 7", "Blue"
    )
    assert read(words, plain, html, signature=SIGNATURE).text == "Hello,\n\nBlue"


def test_older_mails_below_ours_are_no_answer() -> None:
    words = WORDS["pl"]
    older = f"{shapes.header_lines(words)}\n\nCzy macie czajniki?"
    plain, _ = after(shapes.outlook_plain, words, ("Dzień dobry,",), "Niebieski.", older)
    assert read(words, plain, "").text == "Dzień dobry,\n\nNiebieski."
    plain, _ = after(shapes.outlook_plain, words, ("Dzień dobry,",), older)
    assert read(words, plain, "").text == "Dzień dobry,"


def test_what_a_program_adds_at_the_end_is_no_answer() -> None:
    words = WORDS["de"]
    plain, _ = after(shapes.outlook_plain, words, ("Hallo,",), "Sent from my iPhone")
    assert read(words, plain, "").text == "Hallo,"
    plain, _ = after(shapes.outlook_plain, words, ("Hallo,",), "Blau.", "Sent from my iPhone")
    assert read(words, plain, "").text == "Hallo,\n\nBlau."


def test_what_we_never_sent_stays_a_quote_to_its_end() -> None:
    words = WORDS["en"]
    others = replace(words, ours=("Somebody else wrote this to somebody else.", "And this."))
    plain, html = shapes.outlook_plain(replace(others, answer=("Look at this:",)))
    content = reply(words, plain, html, subject="Re: x")
    parsed = parse_mail(account(), Raw("1", content))
    assert isinstance(parsed, Inbound)
    assert trim(parsed, sent=["\n\n".join(words.ours)]).text == "Look at this:"
