"""A page's scripts as one file: everything it imports, once, before it is needed; an address that names what it holds."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client

from webapp.browser.first_page import prepare
from webapp.lib import bundles
from webapp.lib.bundles import SHEETS, Unreadable, script, script_tag, sheet, styles_tag

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"
PAGES = ("main", "help", "scores")


def reached(name: str) -> set[str]:
    """Modules below static/js that a module imports, directly or not, with itself."""
    found, waiting = set(), [name]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += re.findall(r'^import\b[^"]*"\./([\w-]+)\.js";', (SCRIPTS / f"{one}.js").read_text(), re.M)
    return found


@pytest.fixture
def own_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty static/js, for modules that a test writes."""
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    monkeypatch.setattr(bundles, "script", script.__wrapped__)
    folder = tmp_path / "static" / "js"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_a_pages_script_holds_each_module_that_it_needs_once_and_none_before_those_it_imports(name: str) -> None:
    text = script(name).text.decode()
    held = re.findall(r"^// js/([\w-]+)\.js$", text, re.M)
    assert len(held) == len(set(held))
    assert set(held) == reached(name)
    assert held[-1] == name
    for one in held:
        imported = reached(one) - {one}
        assert set(held[: held.index(one)]) >= imported


def test_no_page_runs_a_module_twice() -> None:
    assert not reached("help") & (reached("main") | reached("scores"))


@pytest.mark.parametrize(
    ("modules", "says"),
    [
        ({"a": 'import { b } from "./b.js";\nexport const a = 1;', "b": 'import { a } from "./a.js";\nexport const b = 1;'},
         "js/a.js imports js/b.js imports js/a.js: a circle."),
        ({"a": 'import { c, d as e } from "./b.js";', "b": "export const c = 1, d = 2;"},
         "js/a.js imports d of js/b.js, which does not export it in a line of its own."),
        ({"a": "export default 1;"}, "js/a.js: “export default 1;”"),
        ({"a": "export let a = 1;"}, "js/a.js: “export let a = 1;”"),
        ({"a": 'const later = await import("./b.js");'}, "js/a.js: “import("),
        ({"a": "import { b } from './b.js';", "b": "export const b = 1;"}, "js/a.js: “import { b }"),
    ],
    ids=["a circle", "a second name in a line", "a default", "a value that changes", "one for later", "other quotes"],
)  # fmt: skip
def test_what_the_linker_cannot_read_is_refused_with_its_line(
    own_scripts: Path, modules: dict[str, str], says: str
) -> None:
    for name, text in modules.items():
        (own_scripts / f"{name}.js").write_text(text)
    with pytest.raises(Unreadable, match=re.escape(says)):
        bundles.script("a")


def test_imports_become_what_the_modules_before_gave_back(own_scripts: Path) -> None:
    (own_scripts / "b.js").write_text("export const one = 1;\nexport async function two() {}\nexport class Three {}\n")
    (own_scripts / "a.js").write_text(
        'import igv from "../vendor/igv.js";\nimport { one as first, two } from "./b.js";\nimport * as b from "./b.js";\nimport "./c.js";\n'
    )
    (own_scripts / "c.js").write_text("document.title = 1;\n")
    linked = bundles.script("a")
    text = linked.text.decode()
    assert linked.outside == ("vendor/igv.js",)
    assert text.startswith('import igv from "/static/vendor/igv.js";\n')
    assert "return { one, two, Three };" in text
    assert "const { one: first, two } = $js_b;\nconst b = $js_b;\n" in text
    assert "import" not in text.partition("\n")[2]


def test_a_bundle_is_kept_for_ever_at_its_address_and_at_no_other(client: Client) -> None:
    address = re.findall(r'src="([^"]+)"', script_tag("main"))[0]
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert gzip.decompress(answer.content) == script("main").text
    assert client.get(address).content == script("main").text
    before = client.get(f"/bundles/main-{'0' * 16}.js")  # asked for by a page from before an upgrade
    assert (before.content, before["Cache-Control"]) == (script("main").text, "no-store")
    for unknown in ("/bundles/none-", "/bundles/theme-", "/bundles/..-"):
        assert client.get(f"{unknown}{'0' * 16}.css").status_code == 404


@pytest.mark.parametrize("name", SHEETS)
def test_style_sheets_follow_each_other_in_their_order(client: Client, name: str) -> None:
    assert all(
        b"url(" not in (SCRIPTS.parent / "css" / one).read_bytes() for one in SHEETS[name]
    )  # they may stand elsewhere
    answer = client.get(re.findall(r'href="([^"]+)"', styles_tag(name))[0])
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    at = [answer.content.find((SCRIPTS.parent / "css" / one).read_bytes()) for one in SHEETS[name]]
    assert at[0] == 0 and at == sorted(at)
    assert answer.content == sheet(name).text


def test_with_debug_every_file_is_served_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEBUG", True)
    assert script_tag("main") == '<script type="module" src="/static/js/main.js"></script>'
    assert styles_tag("scores").count("<link") == len(SHEETS["scores"])


def test_a_server_that_is_ready_puts_nothing_together_for_its_first_visitor() -> None:
    prepare()
    before = script.cache_info().misses, sheet.cache_info().misses
    engines["django"].from_string(
        "{% styles 'common' %}{% styles 'browser' %}{% script 'help' %}{% script 'main' %}"
    ).render()
    assert (script.cache_info().misses, sheet.cache_info().misses) == before
