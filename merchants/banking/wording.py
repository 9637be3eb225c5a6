"""What is wrong with an account, in words, and at which field of the form."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.banking.errors import (
    AccountProblem,
    BankUnknown,
    BranchUnknown,
    CharacterNotAllowed,
    NameEmpty,
    NameTooLong,
    NumberInvalid,
    YuchoAccountGiven,
    YuchoNumberInvalid,
    YuchoSymbolInvalid,
)

_FIELDS: dict[type[AccountProblem], str] = {
    BankUnknown: "bank",
    BranchUnknown: "branch",
    NumberInvalid: "number",
    CharacterNotAllowed: "holder",
    NameEmpty: "holder",
    NameTooLong: "holder",
    YuchoAccountGiven: "bank",
    YuchoSymbolInvalid: "symbol",
    YuchoNumberInvalid: "yucho_number",
}


def field_of(problem: AccountProblem) -> str:
    """The name of the form's field that has to be put right."""
    return _FIELDS[type(problem)]


def sentence_of(problem: AccountProblem) -> str:
    """What to put right, in the reader's language."""
    match problem:
        case CharacterNotAllowed():
            words = _(
                "“%(character)s” (character %(position)s) cannot be used by banks. Please write the name in kana."
            )
            return words % {"character": problem.character, "position": problem.position}
        case NameTooLong():
            words = _(
                "The banks' data holds %(longest)s characters and this has %(length)s. Please give the first ones."
            )
            return words % {"longest": problem.longest, "length": problem.length}
        case BankUnknown():
            return _("There is no bank “%(code)s”. Please give its name or its code of 4 digits.") % vars(problem)
        case BranchUnknown():
            words = _("%(bank_name)s has no branch “%(code)s”. Please give its name or its code of 3 digits.")
            return words % vars(problem)
    return str(_PLAIN[type(problem)])


_PLAIN: dict[type[AccountProblem], Any] = {
    NameEmpty: gettext_lazy("Please give the name of the account holder in kana."),
    NumberInvalid: gettext_lazy("An account number has up to 7 digits."),
    YuchoAccountGiven: gettext_lazy("For Japan Post Bank please choose 記号・番号 above."),
    YuchoSymbolInvalid: gettext_lazy("The 記号 has 5 digits; it begins with 1 or 0 and ends with 0."),
    YuchoNumberInvalid: gettext_lazy(
        "The 番号 has up to 8 digits and ends with 1 (up to 6 digits for a 記号 that begins with 0)."
    ),
}
