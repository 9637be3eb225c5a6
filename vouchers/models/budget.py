"""What a programme may issue in all, and what of it has been."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from regions.models import Region, RegionQuerySet
from vouchers.models.programme import Programme


class ProgrammeBudget(models.Model):
    """Yen of premium and grants: what may be issued (none: without limit) and what has been.

    The row comes with the programme and follows its `budget`; `vouchers.budget` writes `committed`.
    """

    programme = models.OneToOneField(
        Programme, models.PROTECT, verbose_name=_("programme"), related_name="budget_row", primary_key=True
    )
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    budget = models.PositiveBigIntegerField(_("budget for premium and grants (yen)"), null=True)
    committed = models.PositiveBigIntegerField(_("issued of it (yen)"), default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = (
            models.CheckConstraint(condition=Q(committed__lte=F("budget")), name="programme_budget_never_exceeded"),
        )

    def __str__(self) -> str:
        return str(self.programme)
