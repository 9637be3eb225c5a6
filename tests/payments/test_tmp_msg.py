import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import UserFactory
pytestmark = pytest.mark.django_db(transaction=True)
def test_x():
    u=UserFactory(email="a@b.example"); c=Client()
    r=c.post(reverse("account_request_login_code"),{"email":"a@b.example","phone":""},follow=True)
    s=r.content.decode(); i=s.find("messages"); print(r.redirect_chain, r.status_code, s[i-80:i+300] if i>0 else s[s.find('<main'):][:1500])
    assert 0
