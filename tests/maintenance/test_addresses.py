"""Which function an address needs: the table, row by row."""

import pytest

from maintenance.addresses import closable_function
from maintenance.models import Scope

PAYMENT = "01a1b2c3-0000-7000-8000-000000000000"

ROWS = [
    ("GET", "/kashima/", Scope.ALL),
    ("GET", "/", Scope.ALL),
    ("GET", "/kashima/history/", Scope.ALL),
    ("GET", "/kashima/pay/", Scope.PAYMENTS),
    ("GET", "/kashima/pay/ABCD2345/", Scope.PAYMENTS),
    ("POST", "/kashima/pay/ABCD2345/confirm/", Scope.PAYMENTS),
    ("GET", f"/kashima/payments/{PAYMENT}/", Scope.ALL),
    ("POST", "/kashima/orders/", Scope.SALES),
    ("GET", "/kashima/status/", None),
    ("GET", "/api/v1/regions/kashima/wallet", Scope.ALL),
    ("GET", "/api/v1/regions/kashima/payments", Scope.ALL),
    ("POST", "/api/v1/regions/kashima/payments", Scope.PAYMENTS),
    ("POST", f"/api/v1/regions/kashima/payments/{PAYMENT}/refunds", Scope.ALL),
    ("GET", "/api/v1/regions/kashima/programmes", Scope.ALL),
    ("POST", "/api/v1/regions/kashima/programmes/spring/applications", Scope.SALES),
    ("POST", "/api/v1/regions/kashima/orders", Scope.SALES),
    ("GET", "/api/v1/status", None),
    ("GET", "/livez", None),
    ("GET", "/readyz", None),
    ("GET", "/metrics", None),
    ("GET", "/status.json", None),
    ("POST", "/accounts/login/", None),
    ("POST", "/_allauth/app/v1/auth/login", None),
    ("POST", "/staff/maintenance/window/add/", None),
    ("POST", "/portal/payments/payment/", None),
    ("GET", "/static/site.css", None),
]


@pytest.mark.parametrize(("method", "path", "function"), ROWS)
def test_each_address_has_its_function(method: str, path: str, function: Scope | None) -> None:
    assert closable_function(path, method) is function
