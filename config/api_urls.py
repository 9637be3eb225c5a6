"""The app's API, version 1."""

from django.urls import URLPattern, path

from maintenance.api import StatusView
from merchants.api import StoreListView
from payments.api import PaymentListView, PaymentView, RefundListView, TillView
from vouchers.api import ProgrammeListView, WalletView

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("regions/<slug:region>/payments", PaymentListView.as_view(), name="payments"),
    path("status", StatusView.as_view(), name="status"),
    path("regions/<slug:region>/wallet", WalletView.as_view(), name="wallet"),
    path("regions/<slug:region>/programmes", ProgrammeListView.as_view(), name="programmes"),
    path("regions/<slug:region>/stores", StoreListView.as_view(), name="stores"),
    path("regions/<slug:region>/tills/<str:till>", TillView.as_view(), name="till"),
    path("regions/<slug:region>/payments/<uuid:payment>", PaymentView.as_view(), name="payment"),
    path("regions/<slug:region>/payments/<uuid:payment>/refunds", RefundListView.as_view(), name="refunds"),
]
