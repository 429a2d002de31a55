"""Whether a record says the same as last time."""

import hashlib

import orjson


def content_hash(record: object) -> bytes:
    """The same for records of the same content, whatever the order of their mappings."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).digest()
