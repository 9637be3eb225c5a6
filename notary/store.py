"""Where the notary keeps its books. Adapters: `notary.stores.postgres`, `notary.stores.memory`."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from notary.client.values import BucketSums
from notary.rules import Books, Decision, Wanted
from notary.sealing import SealedBatch


class Turn(Protocol):
    """One batch's turn at the books: nobody else writes until it ends."""

    @property
    def books(self) -> Books:
        """What was wanted, as it stands after every batch before this one, with the store's clock."""

    def record(self, sealed: SealedBatch) -> None:
        """Keep what the books have added and touched, as the log's next batch."""


class Store(Protocol):
    """Every method raises DatabaseAway, with nothing changed, if the books cannot be reached."""

    def turn(self, platform: str, wanted: Wanted) -> AbstractContextManager[Turn]:
        """Wait for the turn. All that it recorded is kept when it ends well, nothing if it raises."""

    def decision(self, platform: str, id: UUID) -> Decision | None:
        """The decision of this platform on the id."""

    def log(self, platform: str, after: int, limit: int) -> tuple[list[Decision], int]:
        """This platform's decisions past `after`, in order, and the position where the whole log ends.

        Whatever is decided later has a position past that end.
        """

    def sums(self, platform: str, after: int, until: int, width: int) -> list[BucketSums]:
        """What this platform committed and reversed at positions past `after` up to `until`, by bucket."""

    def batches(self, numbers: Collection[int]) -> dict[int, SealedBatch]:
        """The batches of these numbers."""

    def chain(self, after: int, limit: int) -> list[SealedBatch]:
        """The batches past number `after`, in order."""

    def last_batch(self) -> SealedBatch | None:
        """The head of the log, or None while nothing has been decided."""

    def check(self) -> None:
        """Return if the books can be reached."""
