"""Every sentence that the scripts say is in the Chinese catalogue, and none is said past it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.javascript import Message, forgotten, read_messages

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "djangojs.po"
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%\{[^}]*\}|%%")
# Strings for machines that look like words, with what they are.
ALLOWED = {
    "${} · Locuscope": "the page's title, with our name",
    "CSV": "a form of files",
    "measured ${}": "a column of a table of values",
    "predicted ${}": "the same",
    "${} reference": "the same",
    "${}<br>%{x:,.0f} bp: %{y:.4g} ${}<extra></extra>": "numbers and units",
    "Name": "an attribute of GFF3",
}


def messages() -> dict[tuple[str, str], Message]:
    return {
        (message.context, message.text): message
        for script in SCRIPTS
        if script.name != "language.js"
        for message in read_messages(script.read_text())
    }


def catalogue() -> dict[tuple[str, str], list[str]]:
    """(context, text) of a .po file to its translations, one per plural form; without what is obsolete or fuzzy."""
    found: dict[tuple[str, str], list[str]] = {}
    for block in re.split(r"\n\s*\n", CATALOGUE.read_text()):
        if re.search(r"^#, .*fuzzy", block, re.M):
            continue
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if match := re.match(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$', line):
                name, fields[match[1]] = match[1], match[2]
            elif match := re.match(r'"(.*)"$', line):
                fields[name] += match[1]
        texts = {
            key: value.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\") for key, value in fields.items()
        }
        if "msgid" in texts:
            found[texts.get("msgctxt", ""), texts["msgid"]] = [texts[key] for key in texts if key.startswith("msgstr")]
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_says_is_marked_for_translation(script: Path) -> None:
    found = [f"line {line}: {text!r}" for line, text in forgotten(script.read_text()) if text not in ALLOWED]
    assert found == [], f'{script.name}: write _("…") of language.js around these, or say in ALLOWED what they are'


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    known = catalogue()
    wrong = []
    for name, message in messages().items():
        said = known.get(name)
        if not said or not all(said):
            wrong.append(f"untranslated: {message.text!r}")
            continue
        wanted = sorted(_PLACEHOLDER.findall(message.plural or message.text))
        wrong += [f"other placeholders: {one!r}" for one in said if sorted(_PLACEHOLDER.findall(one)) != wanted]
    assert wrong == [], "run `make messages` and translate"


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    assert {text for text in catalogue() if text[1]} - messages().keys() == set(), "run `make messages`"


def test_a_forgotten_sentence_is_found() -> None:
    found = [
        text
        for _, text in forgotten("""
        toast("The link is copied.");
        node.title = `Go to ${place}`;
        field.setAttribute("aria-label", "Name of the link");
        const rows = [["Model", name], { name: "Held-out skill", value: `${count} tracks over` }];
        return fill(_("%(count)s tracks"), { count });
        root.querySelector("button, input").className = "button small";
    """)
    ]
    assert found == [
        "The link is copied.", "Go to ${}", "Name of the link", "Model", "Held-out skill", "${} tracks over"
    ]  # fmt: skip


def test_marks_around_anything_but_literals_are_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(read_messages("_(`so ${many} tracks`)"))
