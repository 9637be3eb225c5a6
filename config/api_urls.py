"""The app's API, version 1."""

from django.urls import URLPattern, path

from maintenance.api import StatusView
from merchants.api import StoreListView
from payments.api import PaymentListView, PaymentView, RefundListView, TillView
from payments.scan_api import ChargePaymentView, ScanView
from payments.till_api import (
    ChargeCancelView,
    ChargeListView,
    ChargeView,
    CodePaymentListView,
    CodePaymentView,
    TillPaymentListView,
    TillRefundView,
)
from vouchers.api import ProgrammeListView, WalletView
from vouchers.application_api import ApplicationListView, ProgrammeApplicationsView

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("regions/<slug:region>/payments", PaymentListView.as_view(), name="payments"),
    path("status", StatusView.as_view(), name="status"),
    path("regions/<slug:region>/wallet", WalletView.as_view(), name="wallet"),
    path("regions/<slug:region>/programmes", ProgrammeListView.as_view(), name="programmes"),
    path(
        "regions/<slug:region>/programmes/<slug:slug>/applications",
        ProgrammeApplicationsView.as_view(),
        name="programme-applications",
    ),
    path("regions/<slug:region>/applications", ApplicationListView.as_view(), name="applications"),
    path("regions/<slug:region>/stores", StoreListView.as_view(), name="stores"),
    path("regions/<slug:region>/tills/<str:till>", TillView.as_view(), name="till"),
    path("regions/<slug:region>/payments/<uuid:payment>", PaymentView.as_view(), name="payment"),
    path("regions/<slug:region>/payments/<uuid:payment>/refunds", RefundListView.as_view(), name="refunds"),
    path("regions/<slug:region>/scans", ScanView.as_view(), name="scans"),
    path("regions/<slug:region>/charges/<str:charge>/payments", ChargePaymentView.as_view(), name="charge-payments"),
    # For a shop's own software, which shows a key of its merchant.
    path("regions/<slug:region>/pos/charges", ChargeListView.as_view(), name="pos-charges"),
    path("regions/<slug:region>/pos/charges/<uuid:charge>", ChargeView.as_view(), name="pos-charge"),
    path("regions/<slug:region>/pos/charges/<uuid:charge>/cancel", ChargeCancelView.as_view(), name="pos-cancel"),
    path("regions/<slug:region>/pos/codes", CodePaymentListView.as_view(), name="pos-codes"),
    path("regions/<slug:region>/pos/codes/<uuid:code>", CodePaymentView.as_view(), name="pos-code"),
    path("regions/<slug:region>/pos/payments", TillPaymentListView.as_view(), name="pos-payments"),
    path("regions/<slug:region>/pos/payments/<uuid:payment>/refunds", TillRefundView.as_view(), name="pos-refunds"),
]
