"""The notary that a region's vouchers are registered with, as one long-lived client per address."""

from functools import cache

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from notary.client.port import Notary
from regions.models import NotaryCluster


class NotaryCalledInTransaction(RuntimeError):
    """A network call would have kept a transaction, and the rows it locks, waiting."""


def refuse_in_transaction() -> None:
    if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
        raise NotaryCalledInTransaction


def notary_of(cluster: NotaryCluster) -> Notary:
    """The client for this cluster; it may be shared by threads, never used inside a transaction."""
    return _client(cluster.url or settings.NOTARY_URL)


@cache
def _client(url: str) -> Notary:
    adapter = import_string(settings.NOTARY_ADAPTER)
    notary: Notary = adapter(url, settings.NOTARY_PLATFORM, settings.NOTARY_KEY, guard=refuse_in_transaction)
    return notary
