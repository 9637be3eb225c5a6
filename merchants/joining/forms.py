"""The form of an application: the business, its shops, and the pledge."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from merchants.joining import entries
from merchants.joining.applications import Business, Shop
from merchants.joining.trades import Trade
from merchants.models import HeadOfficePlace, JoinApplication
from regions.models import Region
from vouchers.models import ProgrammeStatus, TicketType

SHOPS_MAX, TILLS_MAX, AREA_MAX = 20, 200, 1_000_000
CAPITAL_MAX = 1_000_000_000_000_000


class TypedField(forms.CharField):
    """A text that is put into one form, or refused, by a rule of `entries`."""

    def __init__(self, read: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return self.read(text) if text else ""


def _text(label: Any, longest: int, *, required: bool = True, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": _("Please fill this in.")},
    )


def _typed(
    label: Any, read: Callable[[str], str], *, required: bool = True, help_text: Any = "", **attrs: str
) -> TypedField:
    return TypedField(
        read,
        label=label,
        max_length=100,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": _("Please fill this in.")},
    )


def _count(label: Any, least: int, most: int, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Please fill this in."),
            "invalid": _("Please give a whole number."),
            "min_value": _("Please give a whole number of at least %(limit_value)s."),
            "max_value": _("This number is too large."),
        },
    )


class BusinessForm(forms.Form):
    """The business. The key is made with the page, so that sending it twice applies once."""

    name = _text(_("name of the business"), 100, autocomplete="organization")
    kana = _typed(_("name of the business in kana"), entries.kana)
    representative = _text(_("representative"), 80, help_text=_("The person who stands for the business"))
    postcode = _typed(_("postcode"), entries.postcode, inputmode="numeric", autocomplete="postal-code")
    address = _text(_("address"), 200, autocomplete="street-address")
    head_office = forms.ChoiceField(
        label=_("head office"),
        choices=HeadOfficePlace.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    capital = _count(_("capital (yen)"), 0, CAPITAL_MAX, required=False, help_text=_("Companies only"))
    invoice_number = _typed(
        _("invoice number"),
        entries.invoice_number,
        required=False,
        help_text=_("T and 13 digits, if you are registered"),
    )
    contact_name = _text(_("contact person"), 80, autocomplete="name")
    contact_email = forms.EmailField(
        label=_("contact e-mail"),
        help_text=_("The answer and the invitation to the shop portal go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please fill this in."),
            "invalid": _("This is not an e-mail address, for example name@example.jp."),
        },
    )
    contact_phone = _typed(_("contact telephone"), entries.telephone, inputmode="tel", autocomplete="tel")
    ticket_types: "forms.ModelMultipleChoiceField[TicketType]" = forms.ModelMultipleChoiceField(
        TicketType.objects.none(),
        label=_("ticket types that you want to take"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What a large shop cannot take is left out when we decide."),
        error_messages={"required": _("Please choose at least one.")},
    )
    takes_app = forms.BooleanField(label=_("takes payments by app"), required=False, initial=True)
    takes_card = forms.BooleanField(label=_("takes payments by card"), required=False)
    takes_paper = forms.BooleanField(label=_("takes paper vouchers"), required=False)
    pledge = forms.BooleanField(
        label=_("I have read this, none of it applies to us, and we will keep to the rules."),
        error_messages={"required": _("Without the pledge you cannot take part.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, region: Region, data: Any = None, application: JoinApplication | None = None) -> None:
        initial: dict[str, Any] = {"key": uuid4()}
        if application:
            names = [name for name in self.base_fields if name not in ("ticket_types", "pledge")]
            initial = {name: getattr(application, name) for name in names}
            initial["ticket_types"] = list(application.ticket_types.all())
        super().__init__(data, initial=initial)
        on_sale = TicketType.objects.in_region(region).filter(programme__status=ProgrammeStatus.PUBLISHED)
        self.fields["ticket_types"].queryset = on_sale.select_related("programme")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in ("takes_app", "takes_card", "takes_paper")):
            self.add_error("takes_app", gettext("Please choose at least one way of payment."))
        return cleaned

    @property
    def business(self) -> Business:
        return Business(**{name: self.cleaned_data[name] for name in Business.__dataclass_fields__})


class ShopForm(forms.Form):
    """One shop."""

    name = _text(_("name of the shop"), 100)
    kana = _typed(_("name of the shop in kana"), entries.kana)
    category = forms.ChoiceField(
        label=_("trade"),
        choices=[("", _("Please choose")), *Trade.choices],
        error_messages={"required": _("Please choose one.")},
    )
    postcode = _typed(_("postcode"), entries.postcode, inputmode="numeric")
    address = _text(_("address"), 200)
    phone = _typed(_("telephone"), entries.telephone, required=False, inputmode="tel")
    floor_area = _count(
        _("floor area (m²)"), 1, AREA_MAX, help_text=_("Of the sales floor; it decides whether the shop is large.")
    )
    in_large_store = forms.BooleanField(label=_("inside a large store or shopping centre"), required=False)
    building = _text(_("name of the building or centre"), 100, required=False)
    tills_count = _count(_("number of tills"), 1, TILLS_MAX, help_text=_("Each till gets a QR stand of its own."))

    @property
    def shop(self) -> Shop:
        return Shop(**{name: self.cleaned_data[name] for name in Shop.__dataclass_fields__})


ShopFormSet = forms.formset_factory(
    ShopForm, extra=0, min_num=1, max_num=SHOPS_MAX, validate_min=True, validate_max=True, absolute_max=SHOPS_MAX
)


def shop_forms(data: Any = None, application: JoinApplication | None = None) -> Any:
    """The forms of the shops, filled in from the application if there is one."""
    initial = None
    if application:
        initial = [
            {name: getattr(shop, name) for name in Shop.__dataclass_fields__} for shop in application.stores.all()
        ]
    return ShopFormSet(data, prefix="shop", initial=initial)


def with_shops(data: Any, change: int) -> Any:
    """The same data with one form of a shop more or less, between one and the most."""
    copy = data.copy()
    try:
        count = int(copy.get("shop-TOTAL_FORMS", 1))
    except ValueError:
        count = 1
    copy["shop-TOTAL_FORMS"] = str(max(1, min(SHOPS_MAX, count + change)))
    return copy
