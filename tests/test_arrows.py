"""Imports point one way (see README, "How it is built")."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    "lib",
    "loci",
    "measured",
    "hosted",
    "predictions",
    "scoring",
    "sharing",
    "gallery",
    "userfiles",
    "exports",
    "browser",
)  # each may import those before it
MAY_IMPORT = {
    **{app: set(ORDER[: i + 1]) for i, app in enumerate(ORDER)},
    "api": {"lib", "loci", "measured", "hosted", "predictions", "scoring", "sharing", "userfiles", "exports", "api"},
    "services": {"lib", "services"},
}


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", modules("predictor"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_predictor_knows_nothing_of_the_web(path: Path) -> None:
    forbidden = {"django", "celery", "webapp", "ninja", "kombu", "redis", "psycopg"}
    assert not {name for name in imports_of(path) if name.split(".")[0] in forbidden}
    assert "os.environ" not in path.read_text()


@pytest.mark.parametrize("path", modules("webapp"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_web_knows_only_the_predictors_door(path: Path) -> None:
    reached = {name for name in imports_of(path) if name.startswith("predictor")}
    # The reference reader is a second door: it reads a file format and needs no torch either.
    doors = ("predictor.api", "predictor.reference")
    assert not {name for name in reached if name != "predictor" and not name.startswith(doors)}
    assert "torch" not in {name.split(".")[0] for name in imports_of(path)}


@pytest.mark.parametrize(
    "path", [p for p in modules("webapp") if len(p.relative_to(ROOT).parts) > 2], ids=lambda p: str(p.relative_to(ROOT))
)
def test_apps_import_downwards(path: Path) -> None:
    app = path.relative_to(ROOT / "webapp").parts[0]
    reached = {name.split(".")[1] for name in imports_of(path) if name.startswith("webapp.") and name.count(".") >= 1}
    project = {"settings", "celery", "urls", "wsgi"}
    assert reached - project <= MAY_IMPORT[app], f"{app} imports {sorted(reached - project - MAY_IMPORT[app])}"


def test_the_web_process_never_loads_torch() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'webapp.settings'\n"
        "import webapp.wsgi, webapp.urls\n"
        "import django.urls; django.urls.get_resolver().url_patterns\n"
        "import predictor.api as api; api.model_info('yeast')\n"
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_door_opens_without_what_only_files_and_hgvs_need() -> None:
    code = "import sys, predictor.api; sys.exit(bool({'pysam', 'lark', 'mutalyzer_hgvs_parser'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
