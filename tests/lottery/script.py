"""The script that people download, run as they run it and loaded as a module."""

import importlib.util
from pathlib import Path
from types import ModuleType

PATH = Path(__file__).parents[2] / "docs" / "lottery" / "redraw.py"


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("redraw", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
