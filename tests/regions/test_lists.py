"""The lists that a town hands in: residents, stores, grants. All or nothing, every bad line named, twice is once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from merchants.models import SizeClass, Store, Till
from merchants.store_import import import_stores
from regions.csv_import import ImportResult, LinesRejected, NotReadable
from regions.models import Membership, Resident, User
from regions.resident_import import import_residents
from tests.factories import ResidentFactory, Town, UserFactory
from vouchers.grant_import import import_grants
from vouchers.models import LedgerEntry, Voucher

pytestmark = pytest.mark.django_db(transaction=True)

RESIDENTS = """resident_no,name,kana,birth_on,postcode,address,email,phone
A1,山田 太郎,ヤマダ タロウ,1940-02-29,314-0001,鹿嶋市宮中1,Taro@example.jp,090-1234-5678
A2,佐藤 花子,サトウ ハナコ,1951/3/4,,,,
"""
JAPANESE = "利用者番号,氏名,フリガナ\nB1,髙橋 一郎,タカハシ イチロウ\n"


def bad_lines(act: Callable[[], ImportResult]) -> dict[int, str]:
    with pytest.raises(LinesRejected) as rejected:
        act()
    return {line.number: line.reason for line in rejected.value.bad}


def test_residents_are_created_once_and_those_with_an_address_can_sign_in() -> None:
    town = Town()

    first = import_residents(region=town.region, data=RESIDENTS.encode())
    second = import_residents(region=town.region, data=RESIDENTS.encode())

    assert (first.created, second.created, second.changed, second.unchanged) == (2, 0, 0, 2)
    taro = Resident.objects.get(resident_no="A1")
    assert (taro.email, taro.phone) == ("taro@example.jp", "+819012345678")
    assert taro.user is not None
    assert not taro.user.has_usable_password()
    assert Membership.objects.filter(user=taro.user, region=town.region).count() == 1
    assert Resident.objects.get(resident_no="A2").user is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_japanese_headers_and_the_encodings_of_town_halls_are_understood(encoding: str) -> None:
    town = Town()

    import_residents(region=town.region, data=JAPANESE.encode(encoding))

    assert Resident.objects.get(resident_no="B1").name == "髙橋 一郎"


def test_every_bad_line_is_named_and_nothing_is_written() -> None:
    town = Town()
    before = (Resident.objects.count(), User.objects.count())
    data = (
        "resident_no,name,birth_on,email,phone\n"
        "1,良い人,,,\n"
        ",番号なし,,,\n"
        "3,,,,\n"
        "4,日付,2022-02-30,,\n"
        "5,宛先,,not-an-address,\n"
        "6,電話,,,12\n"
        "1,二度目,,,\n"
    ).encode()

    bad = bad_lines(lambda: import_residents(region=town.region, data=data))

    assert sorted(bad) == [3, 4, 5, 6, 7, 8]
    assert (Resident.objects.count(), User.objects.count()) == before

    result = import_residents(region=town.region, data=data, skip_bad=True)
    assert (result.created, len(result.bad)) == (1, 6)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", "氏名\n誰か\n".encode(), b"name,kana\nx,y\n"])
def test_a_file_that_is_no_list_is_refused(data: bytes) -> None:
    town = Town()

    with pytest.raises(NotReadable):
        import_residents(region=town.region, data=data)


def test_nobody_gets_a_wallet_by_claiming_an_address_that_is_not_proved() -> None:
    town = Town()
    claimant, owner = UserFactory(email="claimed@example.jp"), UserFactory(email="proved@example.jp")
    EmailAddress.objects.create(user=claimant, email=claimant.email, verified=False)
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
    data = "resident_no,name,email\n1,甲,claimed@example.jp\n2,乙,proved@example.jp\n".encode()

    import_residents(region=town.region, data=data)

    assert Resident.objects.get(region=town.region, resident_no="1").user is None
    assert Resident.objects.get(region=town.region, resident_no="2").user == owner


def test_stores_get_their_size_their_ticket_types_and_tills_with_codes_of_their_own() -> None:
    town = Town()
    data = (
        "店舗番号,事業者,店舗名,店舗面積,利用できる券種,レジ\n"
        f"1,株式会社甲,甲本店,1001,{town.common.slug},2\n"
        f"2,株式会社甲,甲支店,1000,{town.common.name},表;裏\n"
    ).encode("cp932")

    first = import_stores(region=town.region, data=data)
    second = import_stores(region=town.region, data=data)

    assert (first.created, second.created, second.changed) == (2, 0, 0)
    large, small = Store.objects.get(store_no="1"), Store.objects.get(store_no="2")
    assert (large.size_class, small.size_class) == (SizeClass.LARGE, SizeClass.SMALL)
    assert large.merchant == small.merchant
    assert list(small.ticket_types.all()) == [town.common]
    assert set(small.tills.values_list("name", flat=True)) == {"表", "裏"}
    codes = set(Till.objects.values_list("code", flat=True))
    assert len(codes) == Till.objects.count()


def test_a_store_with_an_unknown_ticket_type_or_area_is_named() -> None:
    town = Town()
    stores = Store.objects.count()
    data = "store_no,name,floor_area,ticket_types\n1,甲,広い,\n2,乙,,無い券\n3,丙,100,\n3,丁,100,\n".encode()

    assert sorted(bad_lines(lambda: import_stores(region=town.region, data=data))) == [2, 3, 5]
    assert Store.objects.count() == stores


def grants(town: Town, *lines: str) -> bytes:
    header = "resident_no,programme,ticket_type,amount,expires_on,reason"
    return "\n".join([header, *lines]).encode()


def test_a_file_of_grants_handed_in_twice_grants_once() -> None:
    town = Town()
    line = f"{town.resident.resident_no},{town.programme.slug},{town.common.slug}"
    data = grants(town, f'{line},"５,000",2099-03-31,子育て', f"{line},100,,")

    first = import_grants(region=town.region, data=data)
    second = import_grants(region=town.region, data=data)

    assert (first.created, second.created, second.unchanged) == (2, 0, 2)
    assert sorted(Voucher.objects.values_list("face", flat=True)) == [100, 5000]
    assert LedgerEntry.objects.count() == 2
    granted = Voucher.objects.get(face=5000)
    assert granted.expires_at.astimezone(town.region.tz).isoformat() == "2099-04-01T00:00:00+09:00"


def test_bad_grants_are_named_and_nothing_is_issued() -> None:
    town = Town()
    stranger = ResidentFactory(region=Town().region)
    line = f"{town.resident.resident_no},{town.programme.slug},{town.common.slug}"
    data = grants(
        town,
        f"{line},1000,,",
        f"{line},0,,",
        f"{line},-5,,",
        f"{line},1.5,,",
        f"{line},百円,,",
        f"{line},99999999,,",
        f"{line},100,2001-01-01,",
        f"{stranger.resident_no},{town.programme.slug},{town.common.slug},100,,",
        f"{town.resident.resident_no},nowhere,{town.common.slug},100,,",
        f"{line},1000,,",
    )

    assert sorted(bad_lines(lambda: import_grants(region=town.region, data=data))) == list(range(3, 12))
    assert not Voucher.objects.exists()


def test_the_commands_tell_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = Town()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(RESIDENTS, encoding="cp932")
    bad.write_text("resident_no,name\n,x\n")

    call_command("import_residents", good, region=town.region.slug)
    assert "created 2, changed 0, unchanged 0, bad 0" in capsys.readouterr().out

    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_residents", bad, region=town.region.slug)
    assert "line 2:" in capsys.readouterr().err

    with pytest.raises(CommandError, match="no region"):
        call_command("grant", good, region="nowhere")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_stores", tmp_path / "missing.csv", region=town.region.slug)
