"""Every setting is documented where operators look, and nonsense is refused in one sentence."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from webapp.lib import environment

ROOT = Path(__file__).resolve().parent.parent
ONLY_COMPOSE = {"POSTGRES_PASSWORD"}  # for the container of the database; the application never reads it
ONLY_SYSTEM = {"XDG_DATA_HOME"}  # a standard of the desktop, no setting of ours


def _first_words(path: str, functions: set[str], owner: str | None) -> set[str]:
    """NAME of each call like env.text("NAME", ...) in a file; without an owner, of text("NAME", ...)."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        if owner is None:
            fits = isinstance(called, ast.Name) and called.id in functions
        else:
            fits = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == owner
        if fits and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            found.add(node.args[0].value)
    return found


def _read_by_the_application() -> set[str]:
    kinds = {"text", "integer", "boolean", "choice", "words", "url", "secret"}
    in_settings = _first_words("webapp/settings.py", kinds, "env")
    in_environment = _first_words("webapp/lib/environment.py", kinds, None)
    assert "LOCUSCOPE_HOME" in in_environment
    return (in_settings | in_environment) - ONLY_SYSTEM


def _in_example() -> dict[str, str]:
    lines = (ROOT / "docker/.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _in_readme() -> dict[str, str]:
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", table, re.MULTILINE))


def test_readme_and_example_name_exactly_the_variables_that_are_read() -> None:
    read = _read_by_the_application()
    assert len(read) > 15
    assert set(_in_readme()) == read
    assert set(_in_example()) == read | ONLY_COMPOSE


def test_every_variable_of_the_example_is_explained_in_the_line_above() -> None:
    lines = (ROOT / "docker/.env.example").read_text().splitlines()
    bare = [line for before, line in zip(["", *lines], lines, strict=False) if "=" in line and before[:1] != "#"]
    assert not [line for line in bare if not line.startswith("#")]


def test_readme_and_example_give_the_same_defaults() -> None:
    readme = _in_readme()
    given = {name: value for name, value in _in_example().items() if value and name not in ONLY_COMPOSE}
    assert given == {name: readme[name] for name in given}


def test_compose_passes_every_variable_on() -> None:
    compose = (ROOT / "docker/compose.yml").read_text()
    block = compose.partition("&environment\n")[2].partition("\n\n")[0]
    passed = set(re.findall(r"^  ([A-Z_]+):", block, re.MULTILINE))
    assert passed == (_read_by_the_application() | {"PGPASSWORD"}) - {"HF_TOKEN"}
    defaults = dict(re.findall(r"^  [A-Z_]+: \$\{([A-Z_]+):-(\w*)\}$", block, re.MULTILINE))
    example = _in_example()
    assert {name: value for name, value in defaults.items() if value} == {
        name: example[name] for name in defaults if example[name] and defaults[name]
    }


def test_what_reads_models_has_them_and_only_what_installs_them_has_the_token() -> None:
    services = (ROOT / "docker/compose.yml").read_text().partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    of = dict(re.findall(r"^  (\w+):.*\n((?:(?:    .*)?\n)*)", services + "\n", re.MULTILINE))
    assert set(of) == {"db", "broker", "web", "worker", "hosted", "sweeper"}
    assert {name for name, said in of.items() if "- state:/var/lib/locuscope" in said} == {
        "web",
        "worker",
        "hosted",
        "sweeper",
    }
    assert {name for name, said in of.items() if "HF_TOKEN" in said} == {"web"}


def test_settings_are_read_in_one_place_only() -> None:
    reads = re.compile(r"environ(?:\.get\(|\[)[\"'](\w+)[\"']|getenv\([\"'](\w+)")
    found = {
        (path.relative_to(ROOT).as_posix(), match[1] or match[2])
        for folder in ("webapp", "predictor")
        for path in (ROOT / folder).rglob("*.py")
        for match in reads.finditer(path.read_text())
    }
    up = "webapp/services/management/commands/up.py"  # asks only whether the operator has a server of his own
    assert {(path, name) for path, name in found if name != "PATH"} == {(up, "DATABASE_URL"), (up, "BROKER_URL")}


def _check(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` as an operator's shell would run it."""
    clean = {name: value for name, value in os.environ.items() if name not in _read_by_the_application()}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**clean, "LOCUSCOPE_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


NONSENSE = [
    ("PORT", "eight"),
    ("PORT", "70000"),
    ("DEVICE", "tpu"),
    ("DTYPE", "float16"),
    ("DEBUG", "maybe"),
    ("LOG_LEVEL", "LOUD"),
    ("WEB_WORKERS", "0"),
    ("DATABASE_URL", "mysql://x"),
    ("DATABASE_URL", "mysql://me:hunter2@db/x"),
    ("DATABASE_URL", "postgresql://me:hunter2#@db/x"),
    ("DATABASE_URL", "postgresql://me:hunter2/@db/x"),
    ("DATABASE_URL", "postgresql://me:hunter2@db:port/x"),
    ("DATABASE_URL", "postgresql://me:hunter2@[db/x"),
    ("BROKER_URL", "amqp://x"),
    ("BROKER_URL", "amqp://me:hunter2@mq/x"),
    ("BROKER_URL", "redis://:hunter2?@mq/0"),
    ("HOSTED_MODEL", "perhaps"),
    ("HOSTED_ADDRESS", "http://service.example.org"),
    ("HOSTED_ADDRESS", "gdmscience.googleapis.com:443"),
]


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_nonsense_is_refused_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    done = _check(tmp_path, **{name: value})
    said = (done.stdout + done.stderr).strip()
    assert done.returncode != 0
    assert len(said.splitlines()) == 1, said
    assert name in said
    assert said.endswith(".")
    assert "hunter2" not in said


@pytest.mark.parametrize("home", ["a file", "within a file", "its key is a folder"])
def test_a_home_that_cannot_be_one_is_refused_in_one_sentence(tmp_path: Path, home: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "odd" / "secret_key").mkdir(parents=True)
    places = {"a file": "file", "within a file": "file/home", "its key is a folder": "odd"}
    done = _check(tmp_path / places[home])
    said = (done.stdout + done.stderr).strip()
    assert done.returncode != 0
    assert len(said.splitlines()) == 1, said
    assert "LOCUSCOPE_HOME" in said


def test_blank_means_the_default(tmp_path: Path) -> None:
    done = _check(tmp_path, **dict.fromkeys(_read_by_the_application() - {"LOCUSCOPE_HOME"}, ""))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_values_of_the_example_are_sense(tmp_path: Path) -> None:
    done = _check(tmp_path, **{**_in_example(), "LOCUSCOPE_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_several_processes_that_start_together_share_one_private_key(tmp_path: Path) -> None:
    path = tmp_path / "home" / "secret_key"
    made = iter(range(10))
    got: list[str] = []

    def slow() -> str:
        time.sleep(0.1)
        return f"key {next(made)}"

    starts = [
        threading.Thread(target=lambda: got.append(environment.secret("NO_SUCH_KEY", path, make=slow)))
        for _ in range(5)
    ]
    for start in starts:
        start.start()
        time.sleep(0.02)
    for start in starts:
        start.join()
    assert len(got) == 5
    assert set(got) == {path.read_text()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
