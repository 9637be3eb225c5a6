"""Who comes in at the secretariat's site, by which door, and what the others are told."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from regions.models import Membership, Role
from regions.staff_site import staff_site
from tests.factories import Town, UserFactory
from tests.staff.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_is_not_signed_in_is_sent_to_the_one_sign_in_and_comes_back() -> None:
    answer = Client().get("/staff/vouchers/voucher/?q=1")

    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=/staff/vouchers/voucher/%3Fq%3D1"


def test_the_sites_own_sign_in_is_the_one_sign_in() -> None:
    answer = Client().get("/staff/login/?next=/staff/regions/resident/")

    assert answer["Location"] == f"{reverse('account_login')}?next=/staff/regions/resident/"


def test_the_sites_own_sign_out_is_the_one_sign_out() -> None:
    client = signed_in(Town().secretary())

    assert client.get("/staff/logout/")["Location"] == reverse("account_logout")


def test_a_secretary_without_a_second_factor_sees_nothing() -> None:
    client = Client()
    client.force_login(Town().secretary())

    answer = client.get("/staff/")

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("mfa_activate_totp"))


@pytest.mark.parametrize("page", ["/staff/", "/staff/regions/resident/", "/staff/payments/payment/export/"])
def test_a_resident_and_a_shop_are_refused_in_words_and_not_sent_around(page: str) -> None:
    town = Town()

    for person in (town.user, town.shop_person()):
        answer = signed_in(person).get(page)

        assert answer.status_code == 403
        assert answer.templates[0].name == "admin/refused.html"
        assert person.name in answer.content.decode()


def test_who_has_left_the_secretariat_is_refused() -> None:
    town = Town()
    secretary = town.secretary()
    client = signed_in(secretary)
    assert client.get("/staff/").status_code == 200

    Membership.objects.filter(user=secretary, role=Role.SECRETARIAT).delete()

    assert client.get("/staff/").status_code == 403


def test_an_operator_enters_a_platform_that_has_no_region_yet() -> None:
    client = signed_in(UserFactory(is_operator=True))

    assert client.get("/staff/").status_code == 200
    assert client.get("/staff/regions/region/add/").status_code == 200


def test_only_the_admin_sites_let_their_theme_evaluate_expressions() -> None:
    client = signed_in(Town().secretary())

    assert "'unsafe-eval'" in client.get("/staff/")["Content-Security-Policy"]
    assert "'unsafe-eval'" not in Client().get(reverse("account_login"))["Content-Security-Policy"]


def test_nobody_stands_anywhere_without_signing_in() -> None:
    request = RequestFactory().get("/staff/")
    request.user = AnonymousUser()

    assert staff_site.standing(request) is None
    assert staff_site.scope(request) == []
