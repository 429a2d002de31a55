"""Relays (TURN, RFC 8656): their addresses, credentials that run out, and whether they answer."""
