"""What can be wrong with a place, and with a business that joins."""


class MerchantProblem(Exception):
    """Base of every refusal of this room."""


class TillUnknown(MerchantProblem):
    """No till of this region has this code, or it takes no payments. One answer for both."""


class TillNameTaken(MerchantProblem):
    """The store has a till of this name already."""


class ReasonMissing(MerchantProblem):
    """A decision of the office needs a reason."""


class ApplicationsClosed(MerchantProblem):
    """The region takes no applications at the moment."""


class ApplicationUnknown(MerchantProblem):
    """No application of this region belongs to this link."""


class ApplicationDecided(MerchantProblem):
    """It is in a state in which this cannot be done any more; somebody else was faster."""


class BusinessElsewhere(MerchantProblem):
    """The merchant that the shops were to be added to belongs to another region."""


class BusinessNameTaken(MerchantProblem):
    """A merchant of this name takes part already: the shops are added to it, or the name is told apart."""


class NotAnOwner(MerchantProblem):
    """Only an owner of the business may do this."""


class LastOwner(MerchantProblem):
    """The business would have nobody left who may decide for it."""


class InvitationUnknown(MerchantProblem):
    """The link was never valid, was used, was cancelled or has expired. One answer for all."""


class InvitedSomebodyElse(MerchantProblem):
    """The invitation went to another e-mail address than the one that the person signs in with."""


class WorksThereAlready(MerchantProblem):
    """The person has access to the merchant's pages already."""


class SecondFactorMissing(MerchantProblem):
    """The second factor was not proved, or too long ago."""


class AccountChangeUnderWay(MerchantProblem):
    """A change of the bank account was asked for already and is not in force yet."""


class AccountUnchanged(MerchantProblem):
    """It is the account that is paid already."""


class AccountInForce(MerchantProblem):
    """The account is paid already; it can be changed, and not stopped."""


class PayloadWrong(MerchantProblem):
    """A payment code that cannot be read: `why` is a sentence, `tag` the field, if it is one."""

    def __init__(self, why: str, tag: str = "") -> None:
        super().__init__(why, tag)
        self.why = why
        self.tag = tag


class PayloadElsewhere(MerchantProblem):
    """A sound payment code, but of another service or another region."""


class TillKeyUnknown(MerchantProblem):
    """No key of a till system with this secret, or it is revoked. One answer for both."""
