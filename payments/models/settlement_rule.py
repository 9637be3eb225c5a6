"""When a programme's stores are paid, and what of it: the office's rules, and the days they are made of."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.settlement.amounts import FeeAndMinimum
from payments.settlement.calendar import END_OF_MONTH, Roll, Term
from regions.ids import new_id
from regions.models import Region, RegionQuerySet
from vouchers.models import Programme


class RollChoice(models.TextChoices):
    NEXT = Roll.NEXT.value, _("the next business day")
    PREVIOUS = Roll.PREVIOUS.value, _("the business day before")


class SettlementRule(models.Model):
    """How the stores are paid for one programme; the rule without a programme is for all that have none of their own.

    A change counts from the period that is open: what is closed stays as it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="settlement_rules")
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        verbose_name=_("programme"),
        related_name="settlement_rules",
        null=True,
        blank=True,
        help_text=_("Empty: all programmes that have no rule of their own."),
    )
    begins_on = models.DateField(_("first day of the first period"))
    roll = models.CharField(
        _("a pay day on a bank holiday becomes"), max_length=8, choices=RollChoice, default=RollChoice.NEXT
    )
    minimum = models.PositiveIntegerField(
        _("smallest pay-out (yen)"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Less than this is carried over to the next period."),
    )
    fee_bp = models.PositiveIntegerField(
        _("fee (hundredths of a per cent)"),
        default=0,
        validators=[MaxValueValidator(3_000)],
        help_text=_("300 is three per cent. It includes the consumption tax."),
    )
    fee_fixed = models.PositiveIntegerField(_("fee per pay-out (yen)"), default=0)
    invoice_number = models.CharField(
        _("issuer's registration number for qualified invoices"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^T\d{13}$", _("T and thirteen digits."))],
        help_text=_("Stands on the statements where there is a fee."),
    )
    last_claim_on = models.DateField(
        _("last day to claim"),
        null=True,
        blank=True,
        help_text=_("Ends the final period, which pays out whatever is left."),
    )
    is_active = models.BooleanField(_("closes by itself"), default=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement rule")
        verbose_name_plural = _("settlement rules")
        ordering = ("region", "programme")
        constraints = (
            models.UniqueConstraint(
                fields=("region", "programme"), nulls_distinct=False, name="settlement_rule_one_per_programme"
            ),
            models.CheckConstraint(condition=Q(minimum__gte=1), name="settlement_rule_minimum_positive"),
            models.CheckConstraint(
                condition=Q(last_claim_on__isnull=True) | Q(last_claim_on__gte=models.F("begins_on")),
                name="settlement_rule_last_claim_after_begin",
            ),
        )

    def __str__(self) -> str:
        return str(self.programme or _("all programmes"))

    @property
    def fee_and_minimum(self) -> FeeAndMinimum:
        return FeeAndMinimum(self.fee_bp, self.fee_fixed, self.minimum)


class SettlementTerm(models.Model):
    """A closing day of a rule, and when what closed then is paid: on a day of a month, or days later."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(SettlementRule, models.CASCADE, verbose_name=_("settlement rule"), related_name="terms")
    closing_day = models.PositiveSmallIntegerField(
        _("closing day"),
        default=END_OF_MONTH,
        validators=[MinValueValidator(1), MaxValueValidator(END_OF_MONTH)],
        help_text=_("31 is the end of the month."),
    )
    pay_months_later = models.PositiveSmallIntegerField(
        _("paid so many months later"), default=1, validators=[MaxValueValidator(6)]
    )
    pay_day = models.PositiveSmallIntegerField(
        _("on the day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(END_OF_MONTH)],
        help_text=_("31 is the end of the month."),
    )
    pay_days_later = models.PositiveSmallIntegerField(
        _("or so many days later"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        ordering = ("rule", "closing_day")
        constraints = (
            models.UniqueConstraint(fields=("rule", "closing_day"), name="settlement_term_once_per_day"),
            models.CheckConstraint(
                condition=Q(closing_day__gte=1, closing_day__lte=31), name="settlement_term_closing_day"
            ),
            models.CheckConstraint(
                condition=Q(pay_day__isnull=True) ^ Q(pay_days_later__isnull=True),
                name="settlement_term_paid_in_one_way",
                violation_error_message=_("Give either the day of the month or the number of days, not both."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.closing_day}"

    @property
    def term(self) -> Term:
        return Term(self.closing_day, self.pay_months_later, self.pay_day, self.pay_days_later)
