"""What a customer has scanned or typed: the till or the charge that it means, whichever form it came in."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from merchants.emv import is_payload, read_till
from merchants.errors import PayloadElsewhere, TillUnknown
from merchants.models import Till
from merchants.places import find_till
from merchants.qr import platform_identifier, public_address
from payments.charges import find_charge
from payments.errors import ChargeUnknown
from payments.models import Charge
from regions.models import Region

SCANNED_MAX = 512


@dataclass(frozen=True, slots=True)
class Entry:
    """A till, and the charge if it was one purchase's code. `amount` is what a code proposes; a person confirms it."""

    till: Till
    amount: int | None = None
    charge: Charge | None = None


def find_entry(region: Region, text: str) -> Entry:
    """What the text means in the region: a till's code, the address in its QR, or a payment code in EMVCo's form.

    Raise TillUnknown, ChargeUnknown, PayloadWrong (which says what is wrong) or PayloadElsewhere.
    """
    plain = text.strip()
    if is_payload(plain):
        return _of_payload(region, plain)
    if "://" in plain:
        return _of_address(region, plain)
    return Entry(find_till(region=region, code=unicodedata.normalize("NFKC", plain)))


def _of_payload(region: Region, text: str) -> Entry:
    payload = read_till(text, identifier=platform_identifier())
    if payload.region != region.slug:
        raise PayloadElsewhere
    if payload.reference:
        return _of_charge(region, payload.reference)
    return Entry(find_till(region=region, code=payload.till), payload.amount)


def _of_address(region: Region, text: str) -> Entry:
    address, ours = urlsplit(text), urlsplit(public_address("/"))
    parts = address.path.strip("/").split("/")
    if address.netloc != ours.netloc or len(parts) < 3 or parts[0] != region.slug:
        raise PayloadElsewhere
    if parts[1] == "charges":
        return _of_charge(region, parts[2])
    if parts[1] != "pay":
        raise TillUnknown
    return Entry(find_till(region=region, code=parts[2]))


def _of_charge(region: Region, token: str) -> Entry:
    charge = find_charge(region, token)
    if not (charge.till.is_active and charge.till.store.is_active):
        raise ChargeUnknown
    return Entry(charge.till, charge.amount, charge)
