"""Account numbers: how they are read, and how much of one is shown."""

import unicodedata

from merchants.banking.errors import NumberInvalid

DIGITS, SHOWN = 7, 3


def account_number(text: str) -> str:
    """Seven digits, zeros put before as the banks want them; hyphens and spaces are left out. Raise NumberInvalid."""
    typed = "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())
    if not (typed.isascii() and typed.isdigit() and len(typed) <= DIGITS and int(typed)):
        raise NumberInvalid
    return typed.zfill(DIGITS)


def masked(number: str) -> str:
    """`••••567`: enough to recognise one's own account, too little to use it."""
    return "•" * (len(number) - SHOWN) + number[-SHOWN:]
