"""The pages about grants: the office's list from upload to letter, the resident's claim, a shared limit on guesses."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from regions.approvals import decide
from regions.models import Approval, Resident
from tests.factories import Town
from tests.grants.test_claims_and_stops import code_for, offered
from tests.grants.test_lists import rows
from tests.staff.sign_in import signed_in
from vouchers.grants.codes import is_well_formed, new_code, tidy
from vouchers.grants.running import run_lists
from vouchers.models import Entitlement, EntitlementState, GrantEvent, GrantList, GrantTerms, Voucher

pytestmark = pytest.mark.django_db(transaction=True)


def upload(client, town: Town, data: bytes, handover: str = "direct"):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("四月.csv", data)
    form = {"region": town.region.pk, "file": file, "handover": handover}
    return client.post(reverse("staff:vouchers_grantlist_add"), form, follow=True)


def test_from_the_file_to_the_letter_at_the_offices_desk() -> None:
    town = Town()
    first, second = signed_in(town.secretary()), town.secretary()
    page = upload(first, town, rows(town, town.resident.resident_no, "nobody"), "claim")
    assert "nobody" in page.content.decode()
    listed = GrantList.objects.get()

    first.post(reverse("staff:vouchers_grantlist_step", args=[listed.pk]), {"step": "ask"})
    assert first.post(reverse("staff:vouchers_grantlist_letters", args=[listed.pk])).status_code == 302
    decide(Approval.objects.get().pk, approve=True, by=second)
    run_lists()
    progress = first.get(reverse("staff:vouchers_grantlist_progress", args=[listed.pk])).json()
    assert progress == {"done": 1, "of": 1, "state": "done"}
    pdf = first.post(reverse("staff:vouchers_grantlist_letters", args=[listed.pk]))

    text = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert town.resident.name in text
    assert any(is_well_formed(tidy(line)) for line in text.splitlines())
    assert GrantEvent.objects.get().kind == "printed"
    result = b"".join(first.get(reverse("staff:vouchers_grantlist_result", args=[listed.pk]))).decode()
    assert len(result.splitlines()) == 3


def test_a_bad_file_is_told_in_words_and_a_huge_one_before_it_is_read() -> None:
    town = Town()
    client = signed_in(town.secretary())

    assert "UTF-16" in upload(client, town, "利用者番号".encode("utf-16")).content.decode()
    assert GrantList.objects.count() == 0
    answer = client.post(reverse("staff:vouchers_grantlist_add"), {}, CONTENT_LENGTH=str(10**9))
    assert answer.status_code == 413


def test_a_resident_claims_after_being_asked_once_more() -> None:
    town = Town()
    row = offered(town)
    client = signed_in(town.user)
    address = reverse("grant", args=[town.region.slug, row.pk])
    assert address in client.get(reverse("grants", args=[town.region.slug])).content.decode()

    assert client.post(address, {"wanted": "claim"}).status_code == 200
    assert Voucher.objects.count() == 0
    for _ in range(2):
        client.post(address, {"wanted": "claim", "confirmed": "1"})

    assert Voucher.objects.count() == 1


def test_a_letters_code_on_its_page_and_the_limit_on_guesses() -> None:
    town = Town()
    code = code_for(town, offered(town))
    client = signed_in(town.user)
    address = reverse("grant-claim", args=[town.region.slug])

    for _ in range(10):
        assert client.post(address, {"code": new_code()}).status_code == 200
    refused = client.post(address, {"code": code})

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert Voucher.objects.count() == 0
    town.region.refresh_from_db()
    assert Entitlement.objects.get().state == EntitlementState.OFFERED


def test_the_office_claims_at_the_counter_moves_and_stops() -> None:
    town = Town()
    row = offered(town)
    client = signed_in(town.secretary())
    act = reverse("staff:vouchers_entitlement_act", args=[row.pk])

    client.post(act, {"act": "move", "resident_no": "nobody"})
    assert Entitlement.objects.get().resident == town.resident
    Resident.objects.filter(pk=town.resident.pk).update(moved_out_on="2026-01-01")
    assert "decide=left" in client.get("/staff/").content.decode()
    client.post(act, {"act": "claim"})
    client.post(act, {"act": "stop", "reason": "moved_out", "note": "届出"})

    assert Entitlement.objects.get().state == EntitlementState.STOPPED
    assert Voucher.objects.get().available == 0
    assert "decide=left" not in client.get("/staff/").content.decode()
    assert "届出" in client.get(reverse("staff:vouchers_entitlement_change", args=[row.pk])).content.decode()


def test_another_office_sees_nothing_of_it() -> None:
    town, elsewhere = Town(), Town()
    row = offered(town)
    stranger = signed_in(elsewhere.secretary())

    for name, pk in (("entitlement_act", row.pk), ("grantlist_letters", row.grant_list_id)):
        assert stranger.post(reverse(f"staff:vouchers_{name}", args=[pk]), {"act": "stop"}).status_code == 404
    assert signed_in(elsewhere.user).get(reverse("grant", args=[town.region.slug, row.pk])).status_code == 404
    assert GrantTerms.objects.count() == 0
