"""What can be wrong with a place."""


class MerchantProblem(Exception):
    """Base of every refusal of this room."""


class TillUnknown(MerchantProblem):
    """No till of this region has this code, or it takes no payments. One answer for both."""
