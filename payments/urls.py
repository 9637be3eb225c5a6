"""A resident's pages in one region."""

from django.urls import URLPattern, path

from payments import pay_views, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="region-home"),
    path("pay/", pay_views.choose_till, name="pay"),
    path("pay/<str:till>/", pay_views.pay_at_till, name="pay-till"),
    path("pay/<str:till>/confirm/", pay_views.confirm, name="pay-confirm"),
    path("payments/<uuid:payment>/", views.payment, name="payment"),
    path("payments/<uuid:payment>/proof/", views.payment_proof, name="payment-proof"),
    path("payments/<uuid:payment>/status/", views.payment_status, name="payment-status"),
    path("history/", views.history, name="history"),
]
