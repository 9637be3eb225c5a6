"""A resident's pages about grants in one region."""

from django.urls import URLPattern, path

from vouchers.grants import views

urlpatterns: list[URLPattern] = [
    path("grants/", views.grants, name="grants"),
    path("grants/<uuid:entitlement>/", views.grant, name="grant"),
    path("claim/", views.claim_page, name="grant-claim"),
]
