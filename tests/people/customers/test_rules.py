"""What two addresses are compared by, whose a message is, and who may be one person."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.people.customers.models import Holder, Point, PointKind, PointState
from stoa.people.customers.rules import is_worth_proposing, key_of, who_writes
from stoa.people.customers.schemas import Evidence

A, B = UUID(int=1), UUID(int=2)
CLAIMED, VERIFIED = PointState.CLAIMED, PointState.VERIFIED


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("  anna@example.org.  ", "anna@example.org"),
        ("anna.nowak+shop@gmail.com", "anna.nowak+shop@gmail.com"),
        ("a.nna@gmail.com", "a.nna@gmail.com"),
        ("jörg@Bücher.example", "jörg@xn--bcher-kva.example"),
        ("JO\u0308RG@bücher.example", "jörg@xn--bcher-kva.example"),
        ("μαρία@παράδειγμα.ελ", "μαρία@xn--hxajbheg2az3al.xn--qxam"),
        ('"odd@local"@example.org', '"odd@local"@example.org'),
        ("root@local_host", "root@local_host"),
        ("ANNA", "anna"),
        ("", ""),
    ],
)
def test_folds_an_email_address(value: str, key: str) -> None:
    assert key_of(Point(PointKind.EMAIL, value)) == key


@pytest.mark.parametrize("kind", [PointKind.PHONE, PointKind.FAX])
@pytest.mark.parametrize(
    ("value", "country", "key"),
    [
        ("+48 22 123 45 67", None, "+48221234567"),
        ("0048 22 123 45 67", "PL", "+48221234567"),
        ("22 123 45 67", "pl", "+48221234567"),
        ("(030) 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("6912345678", "GR", "+306912345678"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("22 123 45 67", None, "221234567"),
        ("DHL Paket", None, "dhlpaket"),
        ("\uff0b48 22 123 45 67", None, "+48221234567"),
    ],
)
def test_gives_a_telephone_number_as_e164(
    kind: PointKind, value: str, country: str | None, key: str
) -> None:
    assert key_of(Point(kind, value), country=country) == key


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Anna Nowak\nul. Prosta 1/2\n00-950 Łódź\nPL", "anna nowak ul prosta 1 2 00 950 lodz pl"),
        ("anna nowak, UL. PROSTA 1-2, 00-950 Lodz, PL", "anna nowak ul prosta 1 2 00 950 lodz pl"),
    ],
)
def test_folds_a_postal_address(value: str, key: str) -> None:
    assert key_of(Point(PointKind.POSTAL, value)) == key


def test_leaves_a_messengers_name_as_it_is() -> None:
    assert key_of(Point(PointKind.MESSENGER, " telegram:Anna ")) == "telegram:Anna"


@given(st.text(), st.sampled_from(PointKind))
def test_folds_what_is_folded_to_itself(value: str, kind: PointKind) -> None:
    """Or it would be found under one key and stored under another."""
    key = key_of(Point(kind, value), country="PL")
    if kind in (PointKind.MESSENGER, PointKind.POSTAL):
        assert key_of(Point(kind, key)) == key
    assert len(key) <= 500


def holder(
    customer_id: UUID, state: PointState, source: str = "email", *, is_all: bool = True
) -> Holder:
    return Holder(customer_id, state, source, is_all)


@pytest.mark.parametrize(
    ("holders", "is_verified", "found"),
    [
        ([], True, None),
        ([], False, None),
        ([holder(A, VERIFIED)], True, A),
        ([holder(A, VERIFIED)], False, None),  # a claim never opens what another has proven
        ([holder(A, VERIFIED), holder(B, CLAIMED)], True, A),
        ([holder(A, VERIFIED), holder(B, CLAIMED)], False, B),
        ([holder(A, CLAIMED)], False, A),
        ([holder(A, CLAIMED)], True, A),  # nothing else is known of them: it was them
        ([holder(A, CLAIMED, is_all=False)], True, None),
        ([holder(A, CLAIMED, "chat")], True, None),
        ([holder(A, CLAIMED, "chat")], False, None),
        ([holder(A, CLAIMED), holder(B, CLAIMED)], False, A),
    ],
)
def test_says_whose_message_it_is(
    holders: list[Holder], is_verified: bool, found: UUID | None
) -> None:
    assert who_writes(holders, is_verified=is_verified, source="email") == found


def point(first: PointState, second: PointState) -> Evidence:
    return Evidence(
        kind="same_point",
        point_kind=PointKind.EMAIL,
        value="a@example.org",
        first=first,
        second=second,
    )


NAME = Evidence(kind="same_name", value="Anna Nowak")


@pytest.mark.parametrize(
    ("evidence", "is_worth"),
    [
        ([], False),
        ([NAME], False),
        ([point(CLAIMED, CLAIMED)], False),  # never on a claimed address alone
        ([point(CLAIMED, CLAIMED), NAME], True),
        ([point(CLAIMED, CLAIMED), point(CLAIMED, CLAIMED)], True),
        ([point(VERIFIED, CLAIMED)], True),
        ([point(CLAIMED, VERIFIED)], True),
    ],
)
def test_proposes_on_evidence_only(evidence: list[Evidence], is_worth: bool) -> None:
    assert is_worth_proposing(evidence) is is_worth
