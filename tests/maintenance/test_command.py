"""The switch from a terminal."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from maintenance.models import Scope, Window
from maintenance.windows import closed_for
from tests.factories import Town

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("maintenance", *arguments, stdout=out)
    return out.getvalue()


def test_open_closes_the_region_and_says_what_stands(town: Town) -> None:
    said = run("open", "--region", "kashima", "--scope", "payments", "--until", "+30m", "--message", "作業中です。")

    window = Window.objects.get()
    assert closed_for("kashima", Scope.PAYMENTS) == window
    assert window.expected_until is not None
    assert window.expected_until - timezone.now() > timedelta(minutes=29)
    assert (window.message, window.opened_by) == ("作業中です。", None)
    assert "kashima" in said
    assert "payments" in said


def test_open_without_a_scope_closes_everything(town: Town) -> None:
    run("open", "--region", "kashima")

    assert Window.objects.get().scope == Scope.ALL


def test_all_means_every_region(town: Town, neighbour: Town) -> None:
    run("open", "--region", "all")

    assert closed_for("kashima", Scope.ALL)
    assert closed_for("shiosai", Scope.ALL)


def test_close_opens_again_and_may_be_said_twice(town: Town) -> None:
    run("open", "--region", "kashima")

    assert "kashima" in run("close", "--region", "kashima")
    assert "no maintenance window" in run("close", "--region", "kashima")
    assert closed_for("kashima", Scope.ALL) is None


def test_close_of_a_region_leaves_a_window_of_all_regions(town: Town) -> None:
    run("open", "--region", "all")

    run("close", "--region", "kashima")

    assert closed_for("kashima", Scope.ALL)


def test_list_shows_a_table_and_json_shows_the_same_facts(town: Town) -> None:
    run("open", "--region", "kashima", "--until", "+30m", "--message", "作業中です。")

    table = run("list")
    (facts,) = json.loads(run("list", "--json"))

    assert table.splitlines()[0].startswith("REGION")
    assert "作業中です。" in table
    assert (facts["region"], facts["scope"], facts["state"]) == ("kashima", "all", "open")


def test_list_knows_what_is_planned_and_with_past_what_has_ended(town: Town) -> None:
    run("open", "--region", "kashima", "--from", "+1h", "--until", "+2h")
    run("open", "--region", "kashima")
    run("close", "--region", "kashima")

    assert [row["state"] for row in json.loads(run("list", "--json"))] == ["scheduled"]
    assert sorted(row["state"] for row in json.loads(run("list", "--past", "--json"))) == ["ended", "scheduled"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("open", "--region", "atlantis"), "there is no region atlantis"),
        (("open", "--region", "kashima", "--until", "soon"), "ISO 8601"),
        (("open", "--region", "kashima", "--until", "2001-01-01T00:00"), "not after the start"),
        (("open",), "--region"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_switched(town: Town, arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)

    assert not Window.objects.exists()


def test_opening_what_is_open_is_refused(town: Town) -> None:
    run("open", "--region", "kashima")

    with pytest.raises(CommandError, match="in force already"):
        run("open", "--region", "kashima")

    assert Window.objects.count() == 1
