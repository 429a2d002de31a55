"""What we sent is found again in what comes back, however a program repeats it."""

from dataclasses import replace

import pytest

from stoa.contact.channels.email.reading import parse_mail, trim
from stoa.contact.channels.protocol import Inbound, InboundFile, Raw
from tests.contact.channels.email.accounts import account
from tests.contact.channels.email.making.mails import common, part, whole
from tests.contact.channels.email.making.words import WORDS

OURS = {tag: "\n\n".join(words.ours) for tag, words in WORDS.items()}


def inbound(text: str) -> Inbound:
    parsed = parse_mail(account(), Raw("1", whole(common(), part("text/plain", text))))
    assert isinstance(parsed, Inbound)
    return replace(parsed, text=text)


@pytest.mark.parametrize("tag", list(WORDS))
@pytest.mark.parametrize(
    "shape",
    [
        "{answer}\n\n{ours}",
        "{answer}\n\nshop@stoa.example, 2.11.2026 10:11:\n{ours}",
        "{ours}\n\n{answer}",
        "{answer}\n\n| {ours}",
        "{answer}\n\n*{ours}*",
        "{answer}\n\n{upper}",
        "{answer}\n\n{cut}",
    ],
)
def test_leaves_out_what_we_sent(tag: str, shape: str) -> None:
    ours, answer = OURS[tag], WORDS[tag].answer[1]
    text = shape.format(
        answer=answer, ours=ours, upper=ours.upper(), cut=" ".join(ours.split()[:-3])
    )
    trimmed = trim(inbound(text), sent=["Something else that we wrote before it all.", ours])
    assert trimmed.text == answer
    assert trimmed.card is not None
    assert trimmed.card.has_quote


def test_follows_a_text_that_was_broken_into_other_lines() -> None:
    ours = " ".join(f"word{at}" for at in range(60)) + " see https://stoa.example/order for more"
    repeated = ours.replace("/order", "/order <https://stoa.example/order>").split()
    lines = "\n".join(" ".join(repeated[at : at + 7]) for at in range(0, 70, 7))
    assert trim(inbound(f"Thanks!\n\n{lines}"), sent=[ours]).text == "Thanks!"


@pytest.mark.parametrize(
    "text",
    [
        # An answer within what we sent keeps what it answers.
        "Hello Grace,\n\nwe have the kettle in blue and in red. BLUE PLEASE, two of them, "
        "by Friday\nWhich one may we send you?\n\nKind regards, Anna at Stoa",
        # The customer's own words that only begin like ours.
        "Hello Grace,\n\nthat is my name. I did not get a kettle.",
        # Nothing but a repetition: somebody should see it.
        OURS["en"],
        "",
        "Yes.",
    ],
)
def test_leaves_alone_what_is_the_customers(text: str) -> None:
    before = inbound(text)
    assert trim(before, sent=[OURS["en"]]) == before


def test_does_not_take_a_short_answer_for_a_quote() -> None:
    before = inbound("Thank you very much!")
    assert trim(before, sent=["Thank you very much!"]) == before


def test_leaves_nothing_of_a_quote_when_files_say_the_rest() -> None:
    before = replace(inbound(OURS["en"]), files=(InboundFile("a.png", "image/png", b"x"),))
    assert trim(before, sent=[OURS["en"]]).text == ""


def test_needs_nothing_that_was_sent() -> None:
    before = inbound("Hello")
    assert trim(before, sent=[]) is before
