"""Probes and status, before every other address."""

from django.urls import URLPattern, path

from maintenance import views

urlpatterns: list[URLPattern] = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("probe", views.probe, name="probe"),
    path("status.json", views.status_json, name="status-json"),
    path("<slug:region>/status/", views.region_status, name="region-status"),
]
