"""Whatever a customer writes above what their program quotes, or in it, none of it is lost."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.protocol import Inbound, Raw
from tests.contact.channels.email.accounts import account
from tests.contact.channels.email.making.mails import reply
from tests.contact.channels.email.making.shapes import INTERLEAVED, REPLIES
from tests.contact.channels.email.making.words import WORDS, Words

LINES = [
    "Hello,", "---", "...", "--", "- one", "* two", "2.11.2026 10:11", "On Monday I wrote:",
    "On 2.11.2026 the courier wrote:", "Kurier napisał 2.11.2026:", "From: Berlin", "To: Warsaw",
    "Von: Berlin", "An: Warschau", "Datum: 2.11.2026", "Od: mnie", "Temat: paczka", "Subject: box",
    "Am 2.11. schrieb ich Ihnen:", "Il 2/11/2026 ha scritto:", "Στις 2/11/2026 έγραψε:", "👍", "?",
    "my address is grace@customer.example", "http://shop.example/on/2026", "____", "=====", "Yes",
    "Original message", "Forwarded message", "Sent by post", "Wysłane wczoraj", "Gesendet: gestern",
    "Data: 2.11.2026", "A: Roma", "Oggetto: pacco", "Re: kettle", "10 < 12 > 11", "a | b", "wrote:",
]  # fmt: skip
# A program's footer has to be one of the lines: "Sent from my iPhone" is left out, rightly.
answers = st.lists(st.sampled_from(LINES), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(answers, st.sampled_from(sorted(REPLIES)), st.sampled_from(sorted(WORDS)))
def test_nothing_of_an_answer_is_lost(lines: list[str], shape: str, tag: str) -> None:
    words = replace(WORDS[tag], answer=tuple(lines))
    check(words, *REPLIES[shape](words), lines)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), min_size=3, max_size=3),
    st.sampled_from(sorted(INTERLEAVED)),
    st.sampled_from(sorted(WORDS)),
)
def test_nothing_of_answers_between_quotes_is_lost(lines: list[str], shape: str, tag: str) -> None:
    words = replace(WORDS[tag], answer=tuple(lines))
    check(words, *INTERLEAVED[shape](words), lines[1:])


def check(words: Words, plain: str, html: str, lines: list[str]) -> None:
    content = reply(words, plain, html, subject=f"Re: {words.subject}")
    parsed = parse_mail(account(), Raw("1", content))
    assert isinstance(parsed, Inbound)
    left = iter(parsed.text.split("\n"))
    for line in lines:
        if any(letter.isalnum() for letter in line):
            assert any(line in each for each in left), (line, parsed.text)
