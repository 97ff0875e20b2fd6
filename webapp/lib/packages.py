"""Files of installed packages that are served as they are."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def package_folder(name: str) -> Path:
    """Where an installed package has its files, without importing it. Raises ImproperlyConfigured when it is not installed."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ImproperlyConfigured(f"The package {name} is not installed; install requirements.txt.")
    return Path(found.origin).parent
