"""The demo's towns: what the interfaces promise of them, loaded once, and never where it would be a danger."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum

from config.demo.load import load_demo, register_all
from merchants.models import Store
from regions.models import Region, User
from vouchers.models import LedgerEntry, Unit, Voucher, Wallet

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_town_has_people_with_value_and_shops_with_tills_and_loading_again_changes_nothing() -> None:
    assert load_demo(lambda _line: None)
    register_all(lambda _line: None)
    before = (User.objects.count(), Voucher.objects.count(), LedgerEntry.objects.count())

    assert not load_demo(lambda _line: None)

    assert (User.objects.count(), Voucher.objects.count(), LedgerEntry.objects.count()) == before
    assert set(Region.objects.values_list("slug", flat=True)) == {"kashima", "shiosai", "hamanasu"}
    for region in Region.objects.all():
        wallets = Wallet.objects.in_region(region).annotate(
            yen=Sum(F("vouchers__face") - F("vouchers__spent")), types=Count("vouchers__ticket_type", distinct=True)
        )
        assert wallets.filter(yen__gte=5000, types__gte=2).count() >= 200
        assert Store.objects.in_region(region).filter(tills__isnull=False).distinct().count() >= 40
        assert not Voucher.objects.in_region(region).filter(registered_at=None).exists()
    assert User.objects.get(email="resident@kashima.example").check_password("hansatsu-demo")
    assert User.objects.get(email="resident200@hamanasu.example").check_password("hansatsu-demo")


def test_kashima_has_the_parameters_that_it_published() -> None:
    load_demo(lambda _line: None)

    units = Unit.objects.filter(programme__slug="premium-2022")
    sold = units.values_list("parts__ticket_type__slug", "price", "parts__face")
    assert set(sold) == {("common", 5000, 5500), ("local", 5000, 7000)}
    limits = units.values_list("programme__limit_per_person")
    assert set(limits) == {(20_000,)}


def test_where_debug_is_off_the_published_password_is_refused(settings: object) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]

    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("demo")

    assert not User.objects.exists()
