"""An environment for each peer, since two of them share an import name and none may touch the project's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from predictor.bench.implementations import Implementation
from predictor.errors import DomainError


def install(folder: Path, peers: Iterable[Implementation], checkout: Path | None) -> None:
    """Make or complete the environments in `folder`, with the project's own versions of torch, numpy and safetensors.

    `checkout`: a clone of google-deepmind/alphagenome_research. Raises DomainError for a peer that cannot be installed.
    """
    for peer in peers:
        if peer.checkout and (checkout is None or not (checkout / "src").is_dir()):
            raise DomainError(
                "no_checkout", f"{peer.name} needs a clone of the official code; give its folder with --research."
            )
        python = peer.python(folder)
        if not python.exists():
            _call(peer, sys.executable, "-m", "venv", str(python.parent.parent))
        shared = [f"{name}=={version(name)}" for name in ("numpy", "safetensors", *(["torch"] if peer.torch else []))]
        pip = (str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
        _call(peer, *pip, *shared, *peer.requirements)
        if peer.unchecked:
            _call(peer, *pip, "--no-deps", "--ignore-requires-python", *peer.unchecked)
        if peer.checkout and checkout is not None:
            site = next((python.parent.parent / "lib").glob("python*/site-packages"))
            (site / f"{peer.name}_checkout.pth").write_text(f"{checkout.resolve() / 'src'}\n")
        _call(peer, str(python), "-c", f"import {peer.imports}")


def _call(peer: Implementation, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise DomainError("not_installed", f"{peer.name} cannot be installed: {last}")
