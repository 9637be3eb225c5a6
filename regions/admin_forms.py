"""Forms of the admin sites that know which region a row belongs to, whoever filled them in."""

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
