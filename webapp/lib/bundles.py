"""A page's own scripts as one file, and its style sheets as one: of sixty small requests each costs a browser ten milliseconds.

The sources stay plain ES modules without a build step; they are put together when a server starts and live at an address that
names their content, so a browser keeps them for ever and never meets modules of two versions. With DEBUG they are served apart.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from django import template
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

register = template.Library()

# What our modules are written in; anything else (a default export, `export let`, a circle) is refused when it is linked.
_IMPORT = re.compile(
    r"""^import\s+(?:(?P<default>\w+)\s+from\s+|\*\s+as\s+(?P<whole>\w+)\s+from\s+|\{(?P<names>[^}]*)\}\s*from\s+)?"(?P<path>\.{1,2}/[^"]+)";""",
    re.M,
)
_EXPORT = re.compile(r"^export\s+(?P<kind>const|class|(?:async\s+)?function)\s+(?P<name>\w+)", re.M)
_UNREAD = re.compile(r"^(?:import|export)\b.*|\bimport\(.*|\bimport\.meta\b.*", re.M)
# Rows of style sheets below static/css, in their order.
SHEETS = {
    "common": ("base.css", "toast.css", "adapt.css", "languages.css"),
    "browser": ("browser.css", "tracks.css", "sharing.css", "exports.css", "panels.css", "files.css", "models.css"),
    "scores": ("scores.css", "sharing.css"),
}
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Bundle:
    """`outside`: paths below static/ of the libraries that it imports."""

    name: str
    text: bytes
    outside: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text).hexdigest()[:16]

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.text, mtime=0)


@dataclass(frozen=True, slots=True)
class _Module:
    """A function's call that gives its `exports`."""

    text: str
    exports: frozenset[str]


class Unreadable(Exception):
    """A module is not written as the linker reads them; says which and where."""


@cache
def script(name: str) -> Bundle:
    """The module static/js/`name`.js with all that it imports: each in a function of its own, before those that need it."""
    modules: dict[str, _Module] = {}
    outside: dict[str, str] = {}
    _link(f"js/{name}.js", modules, outside, ())
    heads = [f'import {alias} from "{static(path)}";\n' for path, alias in outside.items()]
    return Bundle(name, "".join([*heads, *(module.text for module in modules.values())]).encode(), tuple(outside))


def _link(path: str, modules: dict[str, _Module], outside: dict[str, str], above: tuple[str, ...]) -> None:
    if path in above:
        raise Unreadable(f"{' imports '.join([*above, path])}: a circle.")
    if path in modules:
        return
    names: list[str] = []

    def imported(found: re.Match[str]) -> str:
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), found["path"]))
        if found["default"]:
            if outside.setdefault(other, found["default"]) != found["default"]:
                raise Unreadable(f"{path} calls {other} by another name than the modules before.")
            return ""
        _link(other, modules, outside, (*above, path))
        if found["whole"]:
            return f"const {found['whole']} = {_variable(other)};"
        for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?\s*(?:,|$)", found["names"] or ""):
            if name not in modules[other].exports:
                raise Unreadable(f"{path} imports {name} of {other}, which does not export it in a line of its own.")
        return f"const {{{found['names'].replace(' as ', ': ')}}} = {_variable(other)};" if found["names"] else ""

    def exported(found: re.Match[str]) -> str:
        names.append(found["name"])
        return f"{found['kind']} {found['name']}"

    text = _EXPORT.sub(exported, _IMPORT.sub(imported, _read(path)))
    if unread := _UNREAD.search(text):
        raise Unreadable(f"{path}: “{unread[0]}” is not how our modules import and export.")
    modules[path] = _Module(
        f"\n// {path}\nconst {_variable(path)} = (() => {{\n{text}\nreturn {{ {', '.join(names)} }};\n}})();\n",
        frozenset(names),
    )


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))


@cache
def sheet(name: str) -> Bundle:
    """The style sheets of a row of SHEETS, one after the other. They name no other file, hence read the same from elsewhere."""
    return Bundle(name, "\n".join(_read(f"css/{one}") for one in SHEETS[name]).encode())


def _read(path: str) -> str:
    return (Path(settings.BASE_DIR) / "static" / path).read_text()


@register.simple_tag(name="script")
def script_tag(name: str) -> SafeString:
    """The elements for a script, `name` without its suffix, and for what it imports of libraries: a browser asks for both at once."""
    if settings.DEBUG:
        return format_html('<script type="module" src="{}"></script>', static(f"js/{name}.js"))
    bundle = script(_plain(name))
    ahead = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(path),) for path in bundle.outside))
    return format_html('{}<script type="module" src="{}"></script>', ahead, _address(bundle, "js"))


@register.simple_tag(name="styles")
def styles_tag(name: str) -> SafeString:
    """The element for a row of SHEETS."""
    files = [static(f"css/{one}") for one in SHEETS[name]] if settings.DEBUG else [_address(sheet(_plain(name)), "css")]
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((file,) for file in files))


def _plain(name: str) -> str:
    """A word of a template is a SafeString, which `cache` takes for another word: everything would be put together twice."""
    return "".join(name)


def _address(bundle: Bundle, kind: str) -> str:
    return reverse("bundle", args=[bundle.name, bundle.digest, kind])


@require_safe
def bundle(request: HttpRequest, name: str, digest: str, kind: str) -> HttpResponse:
    """What an address of ours names. Another digest, as of a page that was open over an upgrade, gets today's and keeps nothing."""
    known = name in SHEETS if kind == "css" else (Path(settings.BASE_DIR) / "static" / "js" / f"{name}.js").is_file()
    if not known:
        raise Http404
    found = sheet(name) if kind == "css" else script(name)
    response = HttpResponse(content_type=_TYPES[kind])
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = found.packed
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = found.text
    kept = digest == found.digest
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    return response
