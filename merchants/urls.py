"""A shop's pages outside the portal: what is printed and put beside a till."""

from django.urls import URLPattern, path

from merchants import paper_views, views
from merchants.banking.views import account_stop
from merchants.invitation_views import invitation
from merchants.joining import views as joining

urlpatterns: list[URLPattern] = [
    path("<slug:region>/shops/join/", joining.join, name="join"),
    path("<slug:region>/shops/join/<str:key>/", joining.application, name="join-application"),
    path("<slug:region>/shops/join/<str:key>/correct/", joining.correct, name="join-correct"),
    path("<slug:region>/shops/join/<str:key>/withdraw/", joining.withdraw, name="join-withdraw"),
    path("<slug:region>/invitations/<str:key>/", invitation, name="invitation"),
    path("<slug:region>/accounts/<str:key>/", account_stop, name="account-stop"),
    path("<slug:region>/tills/<str:till>/stand/", views.till_stand, name="till-stand"),
    path("<slug:region>/tills/<str:till>/qr.svg", views.till_qr_svg, name="till-qr-svg"),
    path("<slug:region>/tills/<str:till>/qr.png", views.till_qr_png, name="till-qr-png"),
    path("<slug:region>/tills/<str:till>/paper/<slug:paper>.pdf", paper_views.till_paper, name="till-paper"),
    path("<slug:region>/stores/<uuid:store>/paper/<slug:paper>.pdf", paper_views.store_papers, name="store-papers"),
    path(
        "<slug:region>/merchants/<uuid:merchant>/paper/<slug:paper>.pdf",
        paper_views.merchant_papers,
        name="merchant-papers",
    ),
]
