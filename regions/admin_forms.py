"""Forms of the admin sites that know which region a row belongs to, whoever filled them in."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


def relations_elsewhere(row: models.Model) -> list[str]:
    """The names of the row's relations that lead to a row of another region."""
    region_id = getattr(row, "region_id", None)
    if region_id is None:
        return []
    relations = [field.name for field in row._meta.fields if field.many_to_one and field.name != "region"]
    return [name for name in relations if getattr(getattr(row, name), "region_id", region_id) != region_id]


class RegionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Settles a row's region before it is checked, and refuses what refers to another region.

    The region comes from `region_from`'s row, else from the form, else it is the preset one.
    """

    region_from: ClassVar[str | None] = None
    preset_region_id: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region_was = getattr(self.instance, "region_id", None)

    def _post_clean(self) -> None:
        if hasattr(self.instance, "region_id"):
            self.instance.region_id = self._settled_region()
        super()._post_clean()  # type: ignore[misc]
        if getattr(self.instance, "region_id", None):
            self._refuse_elsewhere()

    def _settled_region(self) -> Any:
        parent = self.cleaned_data.get(self.region_from) if self.region_from else None
        if parent is not None:
            return parent.region_id
        return self.instance.region_id or self.preset_region_id

    def _get_validation_exclusions(self) -> set[str]:
        # The region need not be in the form, and yet it is part of what must be unique.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"region"} if getattr(self.instance, "region_id", None) else excluded

    def _refuse_elsewhere(self) -> None:
        region_id = self.instance.region_id
        if self._region_was and self._region_was != region_id:
            self.add_error(None, ValidationError(_("It cannot move to another region.")))
        for name, value in list(self.cleaned_data.items()):
            related = value if isinstance(value, models.QuerySet) else [value]
            if any(getattr(row, "region_id", region_id) != region_id for row in related):
                self.add_error(name, ValidationError(_("This belongs to another region.")))


# A slip of the finger must not make a city stand for more than a day's trade of a large one.
GUARANTEE_MAX = 100_000_000
# From the narrowest to the widest; none may be larger than the next.
GUARANTEES = ("guarantee_per_payment", "guarantee_per_wallet", "guarantee_in_all")


# The office reads the history of its region's settings, and these are not for it.
SECRETS = frozenset({"incident_webhook"})


class GuaranteeForm(RegionForm):
    """A region's own form: what it guarantees while the notary is away makes sense as a whole."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        limits = {name: cleaned[name] for name in GUARANTEES if cleaned.get(name) is not None}
        for name, limit in limits.items():
            if limit > GUARANTEE_MAX:
                most = {"most": f"{GUARANTEE_MAX:,}"}
                self.add_error(name, ValidationError(_("At most %(most)s yen can be guaranteed.") % most))
        for name, wider in pairwise(GUARANTEES):
            if name in limits and wider in limits and limits[name] > limits[wider]:
                self.add_error(name, ValidationError(_too_wide(name)))
        return cleaned


def _too_wide(name: str) -> str:
    if name == "guarantee_per_payment":
        return _("The guarantee per payment may not be more than the guarantee per wallet.")
    return _("The guarantee per wallet may not be more than the guarantee in all.")


def changes_of(form: forms.ModelForm) -> Iterator[str]:  # type: ignore[type-arg]
    """Each changed field with what stood there before and what stands there now, as people read it."""
    for name in form.changed_data:
        field = form.fields[name]
        if name in SECRETS:
            yield f"{field.label}: ***"
            continue
        before, after = (_read(field, value) for value in (form.initial.get(name), form.cleaned_data.get(name)))
        yield f"{field.label}: {before} → {after}"


def _read(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        return str(field.to_python(value) or "-")
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return f"{value:,}" if isinstance(value, int) else str(value or "-")
