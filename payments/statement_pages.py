"""Statements at both admin sites: the list, what has become of each, its lines and its documents."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.portal import MerchantScopedAdmin, portal_site
from merchants.roles import SEE_MONEY
from payments.models import Statement
from payments.settlement.documents import FORMS, document_of
from payments.settlement.sheet import lines_of, sums_of
from regions.admin_base import RegionScopedAdmin, display
from regions.yen import yen

# More lines than these are looked at in the documents.
LINES_SHOWN = 300
PAID, ON_THE_WAY, BOUNCED, DUE, NOTHING = "paid", "open", "bounced", "due", "nothing"
TONES = {PAID: "success", ON_THE_WAY: "info", BOUNCED: "danger", DUE: "warning", NOTHING: "info"}
WORDS = {
    PAID: gettext_lazy("paid into the account"),
    ON_THE_WAY: gettext_lazy("on the way"),
    BOUNCED: gettext_lazy("could not be paid"),
    DUE: gettext_lazy("to be paid"),
    NOTHING: gettext_lazy("nothing paid out"),
}


def pay_state(statement: Any) -> str:
    """What has become of a statement's money; of one that was read `with_transfers`."""
    if not statement.net:
        return NOTHING
    if statement.transfers_paid:
        return PAID
    if statement.transfers_open:
        return ON_THE_WAY
    return BOUNCED if statement.transfers_bounced else DUE


class StatementPages:
    """What the two sites' pages of statements share. A mixin."""

    icon = "request_quote"
    list_select_related: tuple[str, ...] = ("store", "merchant", "region")
    readonly_fields = ("period_shown", "net_shown", "state_words", "pay_on_shown")
    ordering = ("-last_on", "number")
    admin_site: Any

    @display(description=gettext_lazy("period"), ordering="last_on")
    def period_shown(self, statement: Statement) -> str:
        return f"{date_format(statement.first_on, 'Y/m/d')} – {date_format(statement.last_on, 'Y/m/d')}"

    @display(description=gettext_lazy("pay day"), ordering="pay_on")
    def pay_on_shown(self, statement: Statement) -> str:
        return date_format(statement.pay_on, "Y/m/d") if statement.net else "-"

    @display(description=gettext_lazy("paid out"), ordering="net")
    def net_shown(self, statement: Statement) -> str:
        return yen(statement.net)

    @display(description=gettext_lazy("state"), label=TONES)
    def state_shown(self, statement: Statement) -> tuple[str, str]:
        state = pay_state(statement)
        return state, str(WORDS[state])

    @display(description=gettext_lazy("state"))
    def state_words(self, statement: Statement) -> str:
        return str(WORDS[pay_state(statement)])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.document_view)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<path:object_id>/document/<slug:form>/", view, name="payments_statement_document"), *urls]

    def document_view(self, request: HttpRequest, object_id: str, form: str) -> HttpResponse:
        """The statement as a file, for whoever may see it here."""
        statement = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if statement is None or form not in FORMS:
            raise Http404
        document = document_of(statement, form)
        return HttpResponse(
            document.content,
            content_type=document.media_type,
            headers={
                "Content-Disposition": content_disposition_header(True, f"statement-{document.name}") or "",
                "Cache-Control": "no-store",
                "X-Content-SHA256": document.sha256,
            },
        )


class StatementAdmin(StatementPages, RegionScopedAdmin):
    """At the secretariat's site."""

    list_display = (
        "number", "store", "merchant", "period_shown", "net_shown", "pay_on_shown", "state_shown", "region",
    )  # fmt: skip
    list_filter = ("region", "rule", "pay_on")
    search_fields = ("number", "store__name", "store__store_no", "merchant__name")
    search_help_text = gettext_lazy("Statement number, store or merchant")
    fields = ("number", "store", "merchant", "period_shown", "net_shown", "pay_on_shown", "state_words", "region")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return super().get_queryset(request).with_transfers()  # type: ignore[no-any-return]


class PortalStatementAdmin(StatementPages, MerchantScopedAdmin):
    """At the portal: for owners and bookkeepers, of the businesses at which they are that."""

    scope_path = "merchant"
    list_display = ("period_shown", "store", "net_shown", "pay_on_shown", "state_shown", "number")
    fields = ("number", "store", "period_shown", "net_shown", "pay_on_shown", "state_words")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and bool(paid_for(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        return Statement.objects.filter(merchant__in=paid_for(request)).with_transfers()


def paid_for(request: HttpRequest) -> list[Any]:
    """The merchants whose money the person may look at."""
    return portal_site.merchants_as(request, *SEE_MONEY)


def statement_panel(request: HttpRequest, statement: Statement) -> tuple[str, dict[str, Any]]:
    """How the sum comes about, the lines, and the documents to take away."""
    site = request.resolver_match.namespace if request.resolver_match else "portal"
    documents = [
        (name, reverse(f"{site}:payments_statement_document", args=[statement.pk, form]))
        for form, name in (("pdf", "PDF"), ("csv", "CSV"), ("xlsx", "Excel"))
    ]
    lines = []
    for line in lines_of(statement):
        lines.append(line)
        if len(lines) == LINES_SHOWN:
            break
    count = statement.payments_count + statement.refunds_count
    return "admin/statement.html", {
        "documents": documents,
        "sums": [(words, f"{amount:,}") for words, amount in sums_of(statement)],
        "lines": lines,
        "note": _("The first %(count)s lines. The documents hold all of them.") % {"count": LINES_SHOWN}
        if count > LINES_SHOWN
        else "",
        "content_hash": statement.content_hash,
    }
