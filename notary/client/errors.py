"""Why there is no answer from the notary. An answer is a value; these say that there is none."""

from typing import ClassVar


class NotaryError(Exception):
    """Base of everything that a call to the notary may raise."""


class NotaryUnavailable(NotaryError):
    """No trustworthy answer within the budget: the requests may or may not have been carried out.

    Worth asking again: the notary gives the same answer to the same request. `cause` is a short stable
    word for incidents, `retry_after` the seconds that the notary asked to be left alone, if it did.
    """

    cause: ClassVar[str] = "unavailable"

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail or self.cause)
        self.detail = detail
        self.retry_after = retry_after


class NotaryNotReached(NotaryUnavailable):
    """No connection could be made; nothing was sent."""

    cause = "connect"


class NotaryTimedOut(NotaryUnavailable):
    """The budget of the call was used up."""

    cause = "timeout"


class NotaryReset(NotaryUnavailable):
    """The connection broke after the request was begun."""

    cause = "reset"


class NotaryBadAnswer(NotaryUnavailable):
    """Something answered, but not with anything that this client understands."""

    cause = "bad_answer"


class NotaryOverloaded(NotaryUnavailable):
    """The notary refused the whole call to protect itself; `retry_after` says when to come back."""

    cause = "overloaded"


class NotaryNotReady(NotaryUnavailable):
    """The notary is up, but its database is not."""

    cause = "not_ready"


class NotaryNotAuthentic(NotaryUnavailable):
    """The answer does not prove itself (its MAC or a receipt fails), so it is no answer."""

    cause = "not_authentic"


class NotaryRejected(NotaryError):
    """The notary proved itself and refused the whole call as wrong: a bug of the caller, not retried."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
