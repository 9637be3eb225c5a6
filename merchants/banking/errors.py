"""What can be wrong with a bank account, as somebody typed it."""

from merchants.errors import MerchantProblem


class AccountProblem(MerchantProblem):
    """Base of what is wrong with an account."""


class NameEmpty(AccountProblem):
    """Nothing is left of the account holder's name."""


class NameTooLong(AccountProblem):
    """The name in bank kana is longer than the banks' data holds."""

    def __init__(self, length: int, longest: int) -> None:
        super().__init__(f"{length} of {longest}")
        self.length = length
        self.longest = longest


class CharacterNotAllowed(AccountProblem):
    """The banks' data has no such character; `position` counts from 1 in the text as it was read."""

    def __init__(self, character: str, position: int) -> None:
        super().__init__(f"{character!r} at {position}")
        self.character = character
        self.position = position


class BankUnknown(AccountProblem):
    """No bank has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BranchUnknown(AccountProblem):
    """The bank has no branch of this code."""

    def __init__(self, bank_name: str, code: str) -> None:
        super().__init__(f"{bank_name} {code}")
        self.bank_name = bank_name
        self.code = code


class NumberInvalid(AccountProblem):
    """An account number is one to seven digits, not all of them zero."""


class YuchoSymbolInvalid(AccountProblem):
    """A 記号 is five digits, the first 1 or 0, the last 0."""


class YuchoNumberInvalid(AccountProblem):
    """A 番号 is two to eight digits ending in 1, or up to six digits for a transfer account."""


class YuchoAccountGiven(AccountProblem):
    """ゆうちょ銀行 was chosen as a bank like any other: its accounts are given as 記号 and 番号."""
