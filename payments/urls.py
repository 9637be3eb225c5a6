"""A resident's pages in one region."""

from django.urls import URLPattern, path

from payments import charge_views, code_views, pay_views, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="region-home"),
    path("pay/", pay_views.choose_till, name="pay"),
    # Before the tills: no till's code has an O in it.
    path("pay/code/", code_views.show_code, name="pay-code"),
    path("pay/code/new/", code_views.new_code, name="pay-code-new"),
    path("pay/code/<uuid:code>/", code_views.code_state, name="pay-code-state"),
    path("pay/code/<uuid:code>/answer/", code_views.answer_code, name="pay-code-answer"),
    path("charges/<str:charge>/", charge_views.charge, name="charge"),
    path("pay/<str:till>/", pay_views.pay_at_till, name="pay-till"),
    path("pay/<str:till>/confirm/", pay_views.confirm, name="pay-confirm"),
    path("payments/<uuid:payment>/", views.payment, name="payment"),
    path("payments/<uuid:payment>/proof/", views.payment_proof, name="payment-proof"),
    path("payments/<uuid:payment>/status/", views.payment_status, name="payment-status"),
    path("history/", views.history, name="history"),
]
