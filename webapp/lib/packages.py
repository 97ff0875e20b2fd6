"""Packages: files of installed ones that are served as they are, and which optional ones are there."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

HOSTED_PACKAGES = ("alphagenome", "grpc", "cryptography")  # requirements-hosted.txt


def package_folder(name: str) -> Path:
    """Where an installed package has its files, without importing it. Raises ImproperlyConfigured when it is not installed."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ImproperlyConfigured(f"The package {name} is not installed; install requirements.txt.")
    return Path(found.origin).parent


def are_installed(names: Iterable[str]) -> bool:
    """Whether these can be imported; none of them is."""
    return all(find_spec(name) for name in names)
