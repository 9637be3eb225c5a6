"""Identifiers: UUIDv7, made by the application before anything is sent or stored."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7. It carries its time, so it is no secret: codes for people are random instead."""
    return uuid7()
