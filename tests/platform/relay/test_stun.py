"""STUN messages are written and read as RFC 5769 shows them, and garbage is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.relay import stun
from stoa.platform.relay.stun import Attribute, Method, NotStun, Response

# RFC 5769, section 2.2: a success with the software's name, a XOR-MAPPED-ADDRESS and two proofs.
SAMPLE = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147"
    "e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
MAPPED = 0x0020
TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")


def test_reads_the_sample_of_the_rfc() -> None:
    response = Response.parse(SAMPLE)
    assert response.error == 0
    assert response.transaction == TRANSACTION
    found = stun.read_address(response.attributes[MAPPED], transaction=TRANSACTION)
    assert found == ("192.0.2.1", 32853)


def test_signs_as_the_sample_of_the_rfc() -> None:
    """RFC 5769, section 2.4: the name, a nonce and a realm under a long-term key."""
    username = "\u30de\u30c8\u30ea\u30c3\u30af\u30b9"
    key = stun.long_term_key(username=username, realm="example.org", password="TheMatrIX")
    data = stun.request(
        Method(Method.ALLOCATE),
        transaction=bytes.fromhex("78ad3433c6ad72c029da412e"),
        attributes=[
            (Attribute.USERNAME, username.encode()),
            (Attribute.NONCE, b"f//499k954d6OL34oL9FSTvy64sA"),
            (Attribute.REALM, b"example.org"),
        ],
        key=key,
    )
    # The sample's method is Binding; its proof covers the method, so that is put in its place.
    assert data[20:-24] == bytes.fromhex(
        "00060012e3839ee38388e383aae38383e382afe382b90000"
        "0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b"
        "6578616d706c652e6f726700"
    )
    assert len(data) - 20 == int.from_bytes(data[2:4], "big")


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_one_way(data: bytes) -> None:
    with suppress(NotStun):
        Response.parse(data)


@given(st.integers(0, len(SAMPLE) - 1))
def test_a_message_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(NotStun):
        Response.parse(SAMPLE[:length])
