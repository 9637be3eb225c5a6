"""The way in: which region."""

from django.urls import URLPattern, path

from regions import views

urlpatterns: list[URLPattern] = [path("", views.home, name="home")]
