"""Typed readers of the environment that fail loudly; every key may also be given as NAME_FILE."""

import sys
from pathlib import Path

from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env() -> FileAwareEnv:
    """The environment, completed by `.env` beside manage.py; what is already set wins."""
    env = FileAwareEnv()
    dotenv = BASE_DIR / ".env"
    if dotenv.exists():
        env.read_env(dotenv)
    return env


def launches_stack() -> bool:
    """Whether this process only starts others (`manage.py up`, `drill`, `bench`)."""
    return len(sys.argv) > 1 and sys.argv[1] in {"up", "drill", "bench"}
