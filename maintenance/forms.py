"""What the office fills in to open a window, or to tell another expected end."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import to_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maintenance.models import Scope
from maintenance.texts import PREPARED, find_prepared
from maintenance.windows import MESSAGE_MAX
from regions.models import Region

INPUT = {"class": "house-input"}
EVERYWHERE = "all"
DAY_AND_TIME = "%Y-%m-%dT%H:%M"


class LocalInstantField(forms.DateTimeField):
    """A day and time as the browser's own picker gives them, in the time that the office lives in."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={**INPUT, "type": "datetime-local"}, format=DAY_AND_TIME)
        super().__init__(widget=widget, input_formats=[DAY_AND_TIME, "%Y-%m-%dT%H:%M:%S"], **options)

    def prepare_value(self, value: Any) -> Any:
        return to_current_timezone(value) if isinstance(value, datetime) else value


class OpeningForm(forms.Form):
    """A window to be. `regions` are those that the person may switch; `everywhere` offers all at once."""

    region = forms.ChoiceField(label=gettext_lazy("region"), widget=forms.Select(attrs=INPUT))
    scope = forms.ChoiceField(label=gettext_lazy("what is closed"), choices=Scope, widget=forms.RadioSelect)
    starts_at = LocalInstantField(
        label=gettext_lazy("from"), required=False, help_text=gettext_lazy("Empty: at once, when you press the button.")
    )
    expected_until = LocalInstantField(
        label=gettext_lazy("expected end"),
        required=False,
        help_text=gettext_lazy("People are told this. The maintenance itself ends when you end it."),
    )
    prepared = forms.ChoiceField(
        label=gettext_lazy("prepared message"),
        required=False,
        widget=forms.Select(attrs={**INPUT, "data-prepared": ""}),
        help_text=gettext_lazy("Fills in what is left empty below."),
    )
    message = forms.CharField(
        label=gettext_lazy("message to residents and shops"),
        required=False,
        max_length=MESSAGE_MAX,
        widget=forms.Textarea(attrs={**INPUT, "rows": 4}),
    )
    message_en = forms.CharField(
        label=gettext_lazy("message in English"),
        required=False,
        max_length=MESSAGE_MAX,
        widget=forms.Textarea(attrs={**INPUT, "rows": 3, "lang": "en"}),
    )

    def __init__(self, data: Any = None, *, regions: list[Region], everywhere: bool, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self._regions = {region.slug: region for region in regions}
        choices = [(region.slug, str(region)) for region in regions]
        # All at once comes last: nobody closes every city because it was the first line.
        self._offer("region", [*choices, *([(EVERYWHERE, _("all regions"))] if everywhere else [])])
        self._offer("prepared", [("", "–"), *((text.key, str(text.name)) for text in PREPARED)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        text = find_prepared(cleaned.get("prepared", ""))
        # What was typed wins, and a message is never half of one kind and half of another.
        if text and not cleaned.get("message") and not cleaned.get("message_en"):
            cleaned["message"], cleaned["message_en"] = text.ja, text.en
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What `open_window` is asked for, but for who asks."""
        region = self._regions.get(self.cleaned_data["region"])
        return {
            "region": region,
            "scope": Scope(self.cleaned_data["scope"]),
            "message": self.cleaned_data["message"],
            "message_en": self.cleaned_data["message_en"],
            "starts_at": in_time_of(region, self.cleaned_data["starts_at"]),
            "expected_until": in_time_of(region, self.cleaned_data["expected_until"]),
        }


class ExtensionForm(forms.Form):
    """Another expected end, or none."""

    expected_until = LocalInstantField(label=gettext_lazy("expected end"), required=False)


def in_time_of(region: Region | None, at: datetime | None) -> datetime | None:
    """What was typed is meant in the region's own time, also by an operator who sits elsewhere."""
    if at is None or region is None:
        return at
    return timezone.make_naive(at).replace(tzinfo=region.tz)
