"""What can be refused on the ground floor."""


class RegionProblem(Exception):
    """Base of every refusal of this room."""


class ApprovalOpen(RegionProblem):
    """The same thing waits for a second person already."""


class SamePerson(RegionProblem):
    """Whoever asked for it cannot agree to it."""


class AlreadyDecided(RegionProblem):
    """Somebody has approved, refused or withdrawn it."""


class EffectRefused(RegionProblem):
    """What was asked for cannot be done any more; `sentence` says why, to the person who would agree."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotYours(RegionProblem):
    """Only whoever asked for it can take it back."""
