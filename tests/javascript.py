"""Reading our JavaScript without a JavaScript: its tokens, the sentences it marks for the catalogue, and those it forgot."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

MARKERS = {"_": 1, "gettext": 1, "gettext_noop": 1, "ngettext": 2, "pgettext": 2}  # and how many strings they take
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<name>\#?[A-Za-z_$][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>=>|===|!==|==|!=|&&=?|\|\|=?|\?\?=?|\?\.|\.\.\.|.)""",
    re.S | re.X,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_ENDS_A_VALUE = re.compile(r"[\w$)\]}]$")
_BEFORE_A_REGEX = {"return", "typeof", "case", "in", "of", "await"}


@dataclass
class Token:
    """`text` of a string or template is what it says, a template's expressions as ${}; `calls` are the names of the calls around
    it, the innermost last; `before` the two tokens before it."""

    kind: str
    text: str
    line: int
    calls: tuple[str, ...] = ()
    before: tuple[str, str] = ("", "")
    after: str = ""
    argument: int = 0  # which of the innermost call


@dataclass
class _Reader:
    source: str
    at: int = 0
    tokens: list[Token] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._breaks = [found.start() for found in re.finditer("\n", self.source)]

    @property
    def _line(self) -> int:
        return bisect(self._breaks, self.at) + 1

    def read(self, until: str = "") -> None:
        """Append tokens up to the end, or to the brace that closes a template's expression."""
        depth = 0
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == "`":
                self._template()
                continue
            if char == "/" and self._begins_a_regex() and (found := _REGEX.match(self.source, self.at)):
                self._add("regex", found.group())
                continue
            found = _TOKEN.match(self.source, self.at)
            assert found
            kind, text = str(found.lastgroup), found.group()
            if until and text == "}" and depth == 0:
                self.at = found.end()
                return
            depth += {"{": 1, "}": -1}.get(text, 0)
            if kind == "space":
                self.at = found.end()
            else:
                self._add(kind, _unescape(text[1:-1]) if kind == "string" else text, length=len(text))

    def _add(self, kind: str, text: str, *, length: int | None = None) -> None:
        self.tokens.append(Token(kind, text, self._line))
        self.at += len(text) if length is None else length

    def _begins_a_regex(self) -> bool:
        if self.source.startswith(("//", "/*"), self.at):
            return False
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.text in _BEFORE_A_REGEX:
            return True
        return last.kind not in {"string", "template", "regex"} and not _ENDS_A_VALUE.search(last.text)

    def _template(self) -> None:
        token = Token("template", "", self._line)
        self.tokens.append(token)
        self.at += 1
        while self.source[self.at] != "`":
            if self.source.startswith("${", self.at):
                self.at += 2
                token.text += "${}"
                self.tokens.append(Token("sign", "${", token.line))
                self.read(until="}")
                self.tokens.append(Token("sign", "}$", token.line))
            else:
                step = 2 if self.source[self.at] == "\\" else 1
                token.text += self.source[self.at : self.at + step]
                self.at += step
        self.at += 1


def _unescape(text: str) -> str:
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", lambda found: _escape(found.group(1)), text)


def _escape(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) == 5 else {"n": "\n", "t": "\t"}.get(code, code)


def read_tokens(source: str) -> list[Token]:
    """All of a module, with what stands around each."""
    reader = _Reader(source)
    reader.read()
    tokens = reader.tokens
    calls: list[tuple[str, int]] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text if at else ""
        token.before = (tokens[at - 2].text if at > 1 else "", before)
        token.after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        token.calls, token.argument = tuple(name for name, _ in calls), calls[-1][1] if calls else 0
        if token.kind != "sign":
            continue
        if token.text in {"(", "[", "{", "${"}:
            called = tokens[at - 1].kind == "name" if at and token.text == "(" else False
            calls.append((before.lstrip("#") if called else token.text, 0))
        elif token.text in {")", "]", "}", "}$"} and calls:
            calls.pop()
        elif token.text == "," and calls:
            calls[-1] = (calls[-1][0], calls[-1][1] + 1)
    return tokens


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the sources: as a catalogue names it."""

    text: str
    plural: str = ""
    context: str = ""
    line: int = 0


def read_messages(source: str) -> Iterator[Message]:
    """What a module marks for translation. Raises ValueError where something else than plain string literals is marked."""
    tokens = read_tokens(source)
    for at, token in enumerate(tokens):
        strings = MARKERS.get(token.text)
        if token.kind != "name" or not strings or token.after != "(" or token.before[1] in {"function", "."}:
            continue
        parts = tokens[at + 2 : at + 2 + 2 * strings]
        if [part.kind for part in parts[::2]] != ["string"] * strings or parts[-1].text not in {",", ")"}:
            raise ValueError(
                f"line {token.line}: {token.text}() takes plain string literals, or no extractor finds them"
            )
        first, second = parts[0].text, parts[2].text if strings == 2 else ""
        if token.text == "ngettext":
            yield Message(first, plural=second, line=token.line)
        elif token.text == "pgettext":
            yield Message(second, context=first, line=token.line)
        else:
            yield Message(first, line=token.line)


# Where a string is a name for machines: selectors, attributes, events, storage, types.
_MACHINE = {
    "querySelector", "querySelectorAll", "closest", "matches", "getElementById", "getItem", "setItem", "removeItem",
    "getAttribute", "hasAttribute", "removeAttribute", "createElement", "createElementNS", "addEventListener",
    "removeEventListener", "on", "$", "matchMedia", "startsWith", "endsWith", "includes", "split", "join",
    "replace", "replaceAll", "setProperty", "removeProperty", "parseFromString", "getContext", "replaceSync", "URL",
    "fetch", "json", "request", "send", "error", "warn", "log", "CustomEvent", "Event", "get", "part",
    "registerTrackClass", "toggle", "indexOf", "MouseEvent", "import", "from", "test", "exec", "has",
}  # fmt: skip
# What people read: properties that are set or given, and calls whose first argument is said.
_READ = {
    "textContent", "innerText", "innerHTML", "title", "placeholder", "ariaLabel", "ariaDescription", "alt", "label",
    "hovertemplate", "text",
}  # fmt: skip
_SAYS = {
    "toast", "say", "alert", "confirm", "prompt", "Refusal", "Error", "fillText", "createTextNode", "Option",
    "item",
}  # fmt: skip
_SPOKEN = {"aria-label", "aria-description", "title", "placeholder", "alt"}  # attributes
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(
    r"""^[“(]?[A-Z][a-z’'-]+[\ ,.…]          # begins like a sentence
      | [a-z]{2,}[,;:.]?[ ][a-z]{2,}.*[ ][a-z]{2,}   # three words
      | ^[A-Z][a-z]{2,}$                          # one word, as on a button
      | [a-z]{2,}[ ]?\$\{\}[ ]?[a-z]{2,} | [a-z]{3,}:?[ ]\$\{\} | ^\$\{\}[ ][a-z]{3,}  # words around an expression""",
    re.X,
)
_KEYS = re.compile(
    r"^(Arrow|Page)(Up|Down|Left|Right)$|^(Enter|Escape|Home|End|Delete|Backspace|Tab|Content|AbortError|Start|Bin|Bins)$"
)
_STYLE = re.compile(r"system-ui|sans-serif|px|^[a-z#.\[][\w.#\[\]=:-]*$|^[^a-z]*$|^rgb|^/")
_NAMED = {"className", "id", "font", "href", "download", "type", "src", "key", "cache"}  # properties that machines read


def forgotten(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of strings and templates that people seem to read, and that are not marked."""
    tokens = read_tokens(source)
    for at, token in enumerate(tokens):
        if token.kind not in {"string", "template"}:
            continue
        words = re.sub(r"<[^>]*>|&\w+;|%?\$?\{[^}]*\}", " ", token.text)
        if not _WORD.search(words) or set(token.calls[-1:]) & (MARKERS.keys() | _MACHINE):
            continue
        if token.before[1] in {"from", "import", "case", "===", "!==", "=="} or token.after in {"===", "!=="}:
            continue
        if (token.before[1] in {"{", ","} and token.after == ":") or (
            token.before[1] in {"=", ":"} and token.before[0] in _NAMED
        ):
            continue
        if _is_said(tokens, at) or (
            _SENTENCE.search(token.text) and not _KEYS.search(token.text) and not _STYLE.search(token.text)
        ):
            yield token.line, token.text


def _is_said(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if _STYLE.search(token.text) and token.text[:1].islower() and "-" in token.text:
        return False
    two, one = token.before
    if one in {"=", ":"} and two in _READ:
        return True
    innermost = token.calls[-1] if token.calls else ""
    if innermost in _SAYS and token.argument == 0:
        return True
    return innermost == "setAttribute" and token.argument == 1 and tokens[at - 2].text in _SPOKEN
