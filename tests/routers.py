"""Keeps the notary's tables in a database of their own, as they are outside the tests."""

from typing import Any


class NotaryApart:
    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return "notary" if model._meta.app_label == "notary" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == "notary") == (app_label == "notary")
