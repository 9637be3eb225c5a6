"""Stacks for the tests of the one command."""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import BASE_DIR
from tests.stack_process import Stack


def modes(*paths: Path) -> dict[Path, str]:
    """The permissions of the paths and of every directory above them."""
    above = {directory for path in paths for directory in (path.resolve(), *path.resolve().parents)}
    return {directory: stat.filemode(directory.stat().st_mode) for directory in above}


@pytest.fixture(scope="session")
def modes_before(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    return modes(BASE_DIR, Path(sys.prefix), tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def stack(modes_before: dict[Path, str]) -> Iterator[Stack]:
    """One running stack for the tests that leave it running."""
    with Stack() as running:
        yield running
