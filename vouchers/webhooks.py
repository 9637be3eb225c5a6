"""Where the provider knocks: proven, taken in once, answered at once."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vouchers.checkout.errors import EventForged
from vouchers.checkouts import receive_event

BODY_MAX = 256 * 1024


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """200 for what was taken in, now or before; 400 for what is not proven; 404 where no provider is set up."""
    secret = settings.STRIPE_WEBHOOK_SECRET
    if not secret:
        return HttpResponse(status=404)
    if int(request.headers.get("Content-Length") or 0) > BODY_MAX:
        return HttpResponse(status=413)
    read_event = import_string("vouchers.checkout.stripe_checkout.read_event")
    try:
        event = read_event(request.body, request.headers.get("Stripe-Signature", ""), secret=secret)
    except EventForged:
        return HttpResponse(status=400)
    receive_event(event_id=event.id, kind=event.kind, key=event.key, reference=event.reference, found=event.found)
    return HttpResponse(status=200)
