"""Why the notary refuses a whole call. What becomes of a single request is an Outcome, not an error."""


class CallRefused(Exception):
    """Base of every refusal of a whole call: nothing of it was carried out."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Malformed(CallRefused):
    """The call is not what the API describes."""


class Unauthenticated(CallRefused):
    """The caller did not prove to be a platform that this notary serves."""


class UnknownDecision(CallRefused):
    """Nothing has been decided on this id for this platform."""


class UnknownPath(CallRefused):
    """There is no such resource."""


class WrongMethod(CallRefused):
    """The resource does not answer to this method."""


class TooLarge(CallRefused):
    """More requests, or more bytes, than one call may carry."""


class Overloaded(CallRefused):
    """As many calls are waiting as this process can answer in time."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"come back in {retry_after} s")
        self.retry_after = retry_after


class DatabaseAway(CallRefused):
    """The notary's database does not answer: the call may be sent again as it is."""


class Misconfigured(Exception):
    """A setting is missing or unsafe; the notary does not start."""
