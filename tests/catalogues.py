"""The catalogues of locale/: `python -m tests.catalogues` (make messages) brings them up to date with the source, and says what is
left to translate. Everything that it needs comes from PyPI.

Domain "django": what templates and the web's Python mark with gettext's functions, and the sentences that are made in English and
said in another language later (see webapp/lib/sentences.py), which are read off the source: what DomainError is given, and notes.
Domain "djangojs": what the scripts mark.
"""

from __future__ import annotations

import ast
import io
import itertools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from predictor.hosted.names import MODELS, card_of
from webapp.lib.sentences import CONTEXT, WORDS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
Found = tuple[str, int, str | tuple[str, str], str | None]  # file, line, message (or its two numbers), context

_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None, "ngettext": (1, 2),
    "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_PREDICTOR = {
    "bench",
    "training",
    "commands",
    "evaluation",
    "checkpoints",
    "parity.py",
    "export",
    "rsids.py",
    "spliceai",
    "assembly",
}  # what no visitor meets
_NOT_MET = {  # sentences of commands, which are run by operators
    "management", "migrations", "loading.py", "rsid_loading.py", "bundle.py", "fetching.py", "install.py", "steps.py", "storage.py",
    "postgres.py", "process.py", "supervisor.py", "valkey.py", "environment.py", "packages.py",
    "installation", "download.py", "wheels.py", "debian.py", "bases.py",
}  # fmt: skip
_OF_SENTENCES = {
    "sentence",
    "notes",
    "note",
    "why",
    "what",
    "hint",
    "rule",
    "warnings",
    "reason",
    "_KINDS",
    "_WAYS",
    "_BREAKS_OFF",
    "_WHAT",
    "there",
    "at",
    "more",
}
_MAKERS = {
    "DomainError",
    "refused",
    "_none",
    "_unsupported",
    "Given",
}  # functions whose arguments are sentences or parts of them
_MOST_WAYS = 8
_HEADER = "# Simplified Chinese. Made by `make messages`; words by the glossary in locale/README.md. Apache-2.0."


def catalogue(domain: str) -> Catalog:
    """What the source says, untranslated."""
    found = Catalog(project="Locuscope", copyright_holder="", charset="utf-8", domain=domain)
    for file, line, message, context in sorted(
        _django() if domain == "django" else _scripts(), key=lambda one: one[:2]
    ):
        flags = ["python-format"] if "%(" in str(message) else []
        found.add(message, locations=[(file, 0)], flags=flags, context=context)
        del line
    return found


def translated(domain: str) -> Catalog:
    """The committed catalogue."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="zh_Hans", domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain=domain)


def compiled(domain: str) -> Catalog:
    """What the site reads."""
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        return read_mo(file)


def missing(domain: str) -> list[Message]:
    """What the source says and nobody has translated, or only by a guess."""
    known = translated(domain)
    return [one for one in catalogue(domain) if one.id and not _done(known.get(one.id, one.context))]


def _done(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def update() -> int:
    """Write both catalogues and compile them; how many messages are left to translate."""
    left = 0
    for domain in DOMAINS:
        new, old = catalogue(domain), translated(domain)
        now = Catalog(
            locale="zh_Hans", project="Locuscope", domain=domain, fuzzy=False, header_comment=_HEADER, msgid_bugs_address="",
            last_translator="Locuscope", language_team="Simplified Chinese",
        )  # fmt: skip
        now.revision_date = now.creation_date = old.creation_date or datetime.now(UTC)
        for one in new:
            if not one.id:
                continue
            known = old.get(one.id, one.context)
            now.add(one.id, known.string if known else "", one.locations, flags=one.flags, context=one.context)
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / f"{domain}.po").open("wb") as file:
            write_po(file, now, width=120, sort_by_file=True, omit_header=False)
        with (FOLDER / f"{domain}.mo").open("wb") as file:
            write_mo(file, now)
        for one in missing(domain):
            print(f"{domain}: {one.id!r}" + (f" ({one.context})" if one.context else ""))
            left += 1
    return left


def _django() -> Iterator[Found]:
    from django.utils.translation.template import templatize

    for path in sorted((ROOT / "templates").rglob("*.html")):
        python = templatize(path.read_text(), origin=str(path))
        yield from _marked(path, python)
    for path in sorted((ROOT / "webapp").rglob("*.py")):
        yield from _marked(path, path.read_text())
        if not set(path.parts) & _NOT_MET:
            yield from _sentences(path)
    yield from _cards()
    yield from _hosted_cards()
    for word in WORDS:
        yield "webapp/lib/sentences.py", 0, word, CONTEXT
    for path in sorted((ROOT / "predictor").rglob("*.py")):
        inside = path.relative_to(ROOT / "predictor").parts[0]
        if inside == "tracks.py":
            yield from _outputs(path)
        if inside not in _PREDICTOR:
            yield from _sentences(path)


_EVENTS = re.compile(r"(.*): [\d,]+ binding events in the genome")
_REPLICATES = re.compile(r"(.*), \d+ replicates")


def _cards() -> Iterator[Found]:
    """Sentences of the packaged models' cards: about the model, its limits, and what its tracks tell. What counts something is a
    template; names of complexes alone are said as they are."""
    for path in sorted((ROOT / "predictor" / "checkpoints").glob("*/model.json")):
        card = json.loads(path.read_text())
        texts = [card["summary"], card["licence"], card["citation"], *card["limits"]]
        for track in card["tracks"]:
            texts.append(track["unit"])
            for text, pattern, template in (
                (track["description"], _EVENTS, "%(what)s: %(count)s binding events in the genome"),
                (track["assay"], _REPLICATES, "%(assay)s, %(count)s replicates"),
            ):
                found = pattern.fullmatch(text)
                texts += [template, found[1]] if found else [text]
        for text in dict.fromkeys(texts):
            if " " in text and re.search(r"[a-z]{3,}", text):
                yield (
                    str(path.relative_to(ROOT)),
                    0,
                    text if text.startswith("%(") else text.replace("%", "%%"),
                    CONTEXT,
                )


def _hosted_cards() -> Iterator[Found]:
    """The same of the hosted models; their tracks' words are the service's own."""
    for organism in MODELS.values():
        card = card_of(organism, "")
        for text in (card["summary"], card["licence"], card["citation"], *card["limits"]):
            yield "predictor/hosted/names.py", 0, text, CONTEXT


def _scripts() -> Iterator[Found]:
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        yield from _marked(path, path.read_text(), "javascript")


def _marked(path: Path, source: str, method: str = "python") -> Iterator[Found]:
    """By the functions of gettext."""
    for line, message, _, context in extract(
        method,
        io.BytesIO(source.encode()),
        keywords=_KEYWORDS,
        options={"encoding": "utf-8", "parse_template_string": True},
    ):
        yield str(path.relative_to(ROOT)), line, message, context


def _outputs(path: Path) -> Iterator[Found]:
    """The names and descriptions of output types, which templates say by `translate`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "OutputType":
            for argument in (node.args[1], node.args[4], node.args[7]):
                assert isinstance(argument, ast.Constant)
                yield str(path.relative_to(ROOT)), argument.lineno, str(argument.value), None


def _sentences(path: Path) -> Iterator[Found]:
    """What is said later: templates of DomainError's sentences and of notes."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for expression in _said_by(node):
            for template in _templates(expression):
                yield str(path.relative_to(ROOT)), expression.lineno, template, CONTEXT


def _said_by(node: ast.AST) -> Iterable[ast.expr]:
    """Expressions that are sentences, or parts of them."""
    if isinstance(node, ast.Call):
        name = (
            node.func.id
            if isinstance(node.func, ast.Name)
            else node.func.attr
            if isinstance(node.func, ast.Attribute)
            else ""
        )
        if name in _MAKERS:
            return [*node.args, *(word.value for word in node.keywords)]
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if name == "append" and isinstance(owner, ast.Name) and owner.id in _OF_SENTENCES:
            return node.args
        return [word.value for word in node.keywords if word.arg in _OF_SENTENCES]
    if isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return [node.value] if names & _OF_SENTENCES else []
    if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").endswith(("notes", "note", "why", "what_changed")):
        return [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value]
    return []


def _templates(expression: ast.expr) -> Iterator[str]:
    """Each text that an expression can be, with its values as placeholders; no single words, no codes."""
    if isinstance(expression, ast.Dict):
        parts: Iterable[ast.expr] = expression.values
    elif isinstance(expression, (ast.Tuple, ast.List, ast.Set)):
        parts = [one.value if isinstance(one, ast.Starred) else one for one in expression.elts]
    elif isinstance(expression, ast.Subscript) and isinstance(expression.value, ast.Dict):
        parts = expression.value.values
    elif isinstance(expression, ast.IfExp):
        parts = (expression.body, expression.orelse)
    elif isinstance(expression, ast.BoolOp):
        parts = expression.values
    else:
        for pieces in itertools.islice(_ways(expression), _MOST_WAYS):
            text = _joined(pieces)
            literal = re.sub(r"%\(\w+\)s", "", text)
            if " " in literal.strip() and re.search(r"[a-z]{2,}", literal):
                yield text
        return
    for part in parts:
        yield from _templates(part)


def _ways(node: ast.expr) -> Iterator[list[str | ast.expr]]:
    """Literals and values, for each choice that is made inside."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield _braced(node.value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left, right in itertools.product(list(_ways(node.left)), list(_ways(node.right))):
            yield [*left, *right]
    elif isinstance(node, ast.JoinedStr):
        for ways in itertools.product(*[list(_ways(value)) for value in node.values]):
            yield [piece for way in ways for piece in way]
    elif isinstance(node, ast.FormattedValue):
        inner = node.value
        choice = isinstance(inner, ast.IfExp) and all(
            isinstance(way, ast.JoinedStr) or (isinstance(way, ast.Constant) and isinstance(way.value, str))
            for way in (inner.body, inner.orelse)
        )
        if choice:
            assert isinstance(inner, ast.IfExp)
            yield from _ways(inner.body)
            yield from _ways(inner.orelse)
        else:
            yield [inner]
    elif isinstance(node, ast.JoinedStr | ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        yield [node]


def _braced(text: str) -> list[str | ast.expr]:
    """A constant with the fields of str.format."""
    parts = re.split(r"\{(\w+)\}", text)
    return [ast.Name(part) if number % 2 else part for number, part in enumerate(parts)]


def _joined(pieces: list[str | ast.expr]) -> str:
    names: list[str] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece.replace("%", "%%")
            continue
        name = _name(piece)
        while name in names:
            name += "_"
        names.append(name)
        text += f"%({name})s"
    return text


def _name(node: ast.expr) -> str:
    """Of a value, after the last word of its expression."""
    words = re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", "", ast.unparse(node)))
    words = [
        word for word in words if word not in {"shorten", "_shorten", "len", "join", "str", "int", "or", "variant_text"}
    ]
    return words[-1].lower().strip("_") if words else "value"


if __name__ == "__main__":
    django.setup()
    count = update()
    print(f"{count} messages are left to translate." if count else "Everything is translated.")
    sys.exit(1 if count else 0)
