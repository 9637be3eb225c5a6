"""A statement's paper, CSV and Excel file: made when asked for, always of what was closed, and of the same bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from payments.models import Statement, StatementDocument
from payments.settlement.content import check_content
from payments.settlement.paper import statement_pdf
from payments.settlement.sheet import table_of
from regions.csv_export import csv_bytes
from regions.workbook import CONTENT_TYPE, workbook_bytes

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Form:
    """One form that a statement can be had in."""

    media_type: str
    make: Callable[[Statement], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    media_type: str
    content: bytes
    sha256: str


FORMS = {
    "pdf": Form("application/pdf", statement_pdf),
    "csv": Form("text/csv; charset=utf-8", lambda statement: csv_bytes(table_of(statement))),
    "xlsx": Form(CONTENT_TYPE, lambda statement: workbook_bytes(_("statement"), table_of(statement))),
}


def document_of(statement: Statement, form: str) -> Document:
    """The statement as `pdf`, `csv` or `xlsx`, in the language of the place, whoever asks.

    Its hash is kept from the first time on; that a later one differs (after an update of a font, say) is logged,
    while the statement's own hash says that the content is the same. Raise StatementDamaged if it is not.
    """
    check_content(statement)
    with translation.override(settings.LANGUAGE_CODE):
        content = FORMS[form].make(statement)
    sha256 = hashlib.sha256(content).hexdigest()
    _remember(statement, form, sha256)
    return Document(f"{statement.number}.{form}", FORMS[form].media_type, content, sha256)


def _remember(statement: Statement, form: str, sha256: str) -> None:
    known = StatementDocument.objects.filter(statement=statement, form=form)
    if known.filter(sha256=sha256).exists():
        return
    if known.exists():
        log.warning("document differs from the one handed out before", statement=str(statement.pk), form=form)
    row = StatementDocument(statement=statement, form=form, sha256=sha256)
    StatementDocument.objects.bulk_create([row], ignore_conflicts=True)
