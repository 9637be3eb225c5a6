"""A resident's pages around what is issued and bought in one region."""

from django.urls import URLPattern, path

from vouchers import application_pages, draw_pages, order_pages, programme_pages

urlpatterns: list[URLPattern] = [
    path("programmes/", programme_pages.programme_list, name="programmes"),
    path("programmes/<slug:slug>/", programme_pages.programme_page, name="programme"),
    path("programmes/<slug:slug>/apply/", application_pages.apply, name="apply"),
    path("programmes/<slug:slug>/application/", application_pages.application, name="application"),
    path(
        "programmes/<slug:slug>/application/withdraw/",
        application_pages.withdraw_application,
        name="application-withdraw",
    ),
    path("programmes/<slug:slug>/draw/", draw_pages.draw_page, name="draw"),
    path("programmes/<slug:slug>/draw/<str:name>", draw_pages.draw_file, name="draw-file"),
    path("orders/", order_pages.orders_page, name="orders"),
    path("orders/<str:order>/", order_pages.order_page, name="order"),
    path("orders/<str:order>/state/", order_pages.order_state, name="order-state"),
    path("orders/<str:order>/pay/", order_pages.pay, name="order-pay"),
    path("orders/<str:order>/cancel/", order_pages.cancel, name="order-cancel"),
]
