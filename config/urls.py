"""Every address of the platform; each room brings its own."""

from django.conf.urls.i18n import i18n_patterns  # noqa: F401
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from merchants.portal import portal_site
from regions.staff_site import staff_site
from vouchers.webhooks import stripe_webhook

admin.autodiscover()

handler404 = "config.error_pages.not_found"
handler500 = "config.error_pages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # What is asked for most stands first: Django tries one after the other.
    path("api/v1/", include("config.api_urls")),
    path("", include("maintenance.urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("staff/", staff_site.urls),
    path("portal/", portal_site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("webhooks/stripe/", stripe_webhook, name="stripe-webhook"),
    path("", include("regions.urls")),
    path("", include("merchants.urls")),
    path("<slug:region>/", include("vouchers.grants.urls")),
    path("<slug:region>/", include("payments.urls")),
    path("<slug:region>/", include("vouchers.urls")),
]
