"""The notary's paths; every answer but the two health checks is for platforms only."""

from django.urls import path

from notary.service import api_from_settings

api = api_from_settings()

urlpatterns = [
    path("v1/decisions", api.decide),
    path("v1/decisions/<uuid:id>", api.decision),
    path("v1/log", api.log),
    path("v1/sums", api.sums),
    path("v1/keys", api.keys),
    path("v1/checkpoint", api.checkpoint),
    path("v1/batches", api.batches),
    path("livez", api.livez),
    path("readyz", api.readyz),
]

handler404 = "notary.problems.not_found"
handler500 = "notary.problems.bug"
