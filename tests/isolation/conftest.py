"""The walk begins with a process that knows of no window."""

from tests.maintenance.conftest import _nothing_known

__all__ = ["_nothing_known"]
