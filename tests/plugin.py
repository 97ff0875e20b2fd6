"""Starts a real PostgreSQL and a real Valkey for a test run, before pytest-django reads the settings.

Each run has its own home under the temporary folder, so several may go on side by side, and so has each process of `pytest -n`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

# Shapes in the network's annotations are checked in tests and cost nothing in production.
install_import_hook(["predictor.model", "predictor.inference"], "beartype.beartype")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # the other processes have the other cores
    elif getattr(early_config.known_args_namespace, "numprocesses", None):
        return  # this process only hands out tests
    from webapp.lib.environment import embedded_broker_url, embedded_database_url, socket_directory
    from webapp.services import postgres, valkey

    home = Path(tempfile.mkdtemp(prefix="locuscope-test-"))
    home.chmod(0o755)  # PostgreSQL's user has to pass when we are root
    os.environ["LOCUSCOPE_HOME"] = str(home)
    early_config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    sockets = socket_directory(home)
    if "DATABASE_URL" not in os.environ:
        database = postgres.server(home, sockets, durable=False)
        database.start()
        early_config.add_cleanup(database.stop)
        if not database.wait_ready(60):
            raise pytest.UsageError(f"PostgreSQL did not start: {database.last_words()}")
        postgres.create_database(sockets)
        os.environ["DATABASE_URL"] = embedded_database_url(home)
    if "BROKER_URL" not in os.environ:
        broker = valkey.server(home, sockets)
        broker.start()
        early_config.add_cleanup(broker.stop)
        if not broker.wait_ready(30):
            raise pytest.UsageError(f"Valkey did not start: {broker.last_words()}")
        os.environ["BROKER_URL"] = embedded_broker_url(home)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes by their number: packed ones hold the time, and processes that share the tests must call them alike."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None
