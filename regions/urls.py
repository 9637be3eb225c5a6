"""The way in: which region."""

from django.urls import URLPattern, path

from regions import inbox_views, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("<slug:region>/messages/", inbox_views.messages_page, name="messages"),
]
