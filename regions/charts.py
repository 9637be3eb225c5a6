"""Charts on the admin sites' pages: a picture for who glances, and the same figures as a table for who reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from regions.yen import yen

Text = str | Promise
# Dark and light enough to be told apart in grey, and 3:1 against the page in both of its modes.
COLOURS = ("#2f5bb7", "#c2570c", "#4d7c0f", "#8b5cf6")
INK = "#6b7280"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures under its name, as many as the chart has labels."""

    name: Text
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures by label; `in_yen` says how they are written in the table. `kind` is `bar` or `line`."""

    title: Text
    labels: Sequence[Text]
    series: Sequence[Series]
    kind: str = "bar"
    in_yen: bool = True
    stacked: bool = False

    @property
    def is_empty(self) -> bool:
        return not any(any(series.values) for series in self.series)


def chart_context(chart: Chart) -> dict[str, Any]:
    """What `admin/chart.html` needs to draw the chart and to write its table."""
    write = yen if chart.in_yen else "{:,}".format
    return {
        "title": chart.title,
        "is_empty": chart.is_empty,
        "kind": chart.kind,
        "data": json.dumps(_data(chart)),
        "options": json.dumps(_options(chart)),
        "columns": [series.name for series in chart.series],
        "rows": [
            (label, [write(series.values[place]) for series in chart.series])
            for place, label in enumerate(chart.labels)
        ],
    }


def _data(chart: Chart) -> dict[str, Any]:
    return {
        "labels": [str(label) for label in chart.labels],
        "datasets": [
            {
                "label": str(series.name),
                "data": list(series.values),
                "backgroundColor": COLOURS[place % len(COLOURS)],
                "borderColor": COLOURS[place % len(COLOURS)],
                "borderRadius": 4,
                "maxBarThickness": 40,
            }
            for place, series in enumerate(chart.series)
        ],
    }


def _options(chart: Chart) -> dict[str, Any]:
    axis = {"ticks": {"color": INK}, "grid": {"color": "#9ca3af33"}, "stacked": chart.stacked}
    return {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"display": len(chart.series) > 1, "labels": {"color": INK}}},
        "scales": {"x": axis, "y": {**axis, "beginAtZero": True, "ticks": {"color": INK, "precision": 0}}},
    }
