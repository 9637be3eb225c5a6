"""Refusals of the control room: facts, with nothing switched."""

from uuid import UUID


class MaintenanceProblem(Exception):
    """Base of every refusal of this room."""


class MayNotSwitch(MaintenanceProblem):
    """The person switches neither this region nor all of them."""


class AlreadyOpen(MaintenanceProblem):
    """A window of the same region and scope is in force; it can be extended or closed."""

    def __init__(self, *, window_id: UUID) -> None:
        super().__init__(window_id)
        self.window_id = window_id


class AlreadyEnded(MaintenanceProblem):
    """The window is closed, so there is nothing to close or extend."""


class EndsTooEarly(MaintenanceProblem):
    """The expected end is not after the start, or not in the future."""


class StartsInThePast(MaintenanceProblem):
    """A scheduled window begins in the future."""


class MessageTooLong(MaintenanceProblem):
    """A message is longer than `limit` characters."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class TimeNotUnderstood(MaintenanceProblem):
    """Neither an ISO 8601 instant nor a duration like +30m."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
