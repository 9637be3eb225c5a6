"""How a refused application is told, in one sentence; pages and API say the same."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vouchers import errors
from vouchers.errors import VoucherProblem

SENTENCES: dict[type[VoucherProblem], Promise] = {
    errors.ApplicationsClosed: _("Applications are not taken at the moment. Nothing was changed."),
    errors.OtherRegion: _("Only people on the region's list of residents can apply."),
    errors.NotResidentOnBaseDate: _(
        "This programme is for people who lived here on the base date. If you did, please ask the voucher secretariat."
    ),
    errors.MovedOut: _(
        "This programme is for residents, and the list says that you have moved out. "
        "If that is wrong, please ask the voucher secretariat."
    ),
    errors.AgeOutside: _("This programme is for people of another age."),
    errors.BirthDateUnknown: _(
        "This programme is for people of a certain age, and we do not know your date of birth. "
        "Please ask the voucher secretariat."
    ),
    errors.UnitUnknown: _("One of the units is not offered to you in this programme."),
    errors.UnitsInvalid: _("Please give each number of units as a whole number from 0 to 10,000."),
    errors.NothingAskedFor: _("Please ask for at least one unit."),
    errors.UnitsLimitExceeded: _("One person can ask for %(limit)s units in all."),
    errors.KindLimitExceeded: _("One person can ask for %(limit)s units of this kind."),
    errors.YenLimitExceeded: _("One person can ask for units that cost up to %(limit)s yen in all."),
    errors.HouseholdLimitExceeded: _(
        "A household can ask for %(limit)s units in all. Yours can ask for %(left)s more."
    ),
    errors.AlreadyApplied: _("There is an application for you already: number %(number)s."),
    errors.ApplicationSettled: _("This application can no longer be changed."),
    errors.ReasonMissing: _("Please give a reason."),
}


def sentence(problem: VoucherProblem) -> str:
    """What a person is told; raise KeyError for an error that is not of applications."""
    facts = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in vars(problem).items()}
    text = str(SENTENCES[type(problem)])
    return text % facts if "%(" in text else text
