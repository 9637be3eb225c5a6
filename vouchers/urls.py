"""A resident's pages around what is issued and bought in one region."""

from django.urls import URLPattern, path

from vouchers import order_pages

urlpatterns: list[URLPattern] = [
    path("orders/", order_pages.orders_page, name="orders"),
    path("orders/<str:order>/", order_pages.order_page, name="order"),
    path("orders/<str:order>/state/", order_pages.order_state, name="order-state"),
    path("orders/<str:order>/pay/", order_pages.pay, name="order-pay"),
    path("orders/<str:order>/cancel/", order_pages.cancel, name="order-cancel"),
]
