"""Protocol buffers in their text form, read without a schema: what AlphaGenome's metadata is published as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from predictor.errors import DomainError

Scalar = str | int | float | bool
Message = dict[str, list["Scalar | Message"]]

_TOKEN = re.compile(
    r"""(?P<skipped>[\s,;]+|\#[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<mark>[{}<>\[\]:])
    |(?P<word>[^\s,;{}<>\[\]:"'\#]+)""",
    re.VERBOSE,
)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    line: int


def parse_textproto(text: str) -> Message:
    """Fields by name, each with all its values in order; sub-messages are dictionaries, enum values are their names.

    Raises DomainError `bad_metadata` with the line that cannot be read.
    """
    tokens = _tokens(text)
    message, last = _fields(tokens)
    if last is not None:
        raise _unreadable(last)
    return message


def _tokens(text: str) -> Iterator[_Token]:
    place, line = 0, 1
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise _unreadable(_Token("", text[place : place + 20], line))
        if found.lastgroup != "skipped":
            yield _Token(str(found.lastgroup), found[0], line)
        line += found[0].count("\n")
        place = found.end()


def _fields(tokens: Iterator[_Token]) -> tuple[Message, _Token | None]:
    """The fields up to a closing bracket, which is given back, or to the end."""
    message: Message = {}
    for token in tokens:
        if token.text in {"}", ">"}:
            return message, token
        if token.kind != "word":
            raise _unreadable(token)
        opening = _next(tokens, token)
        if opening.text == ":":
            opening = _next(tokens, token)
        message.setdefault(token.text, []).extend(_values(opening, tokens))
    return message, None


def _values(token: _Token, tokens: Iterator[_Token]) -> list[Scalar | Message]:
    if token.text in {"{", "<"}:
        message, last = _fields(tokens)
        if last is None or (token.text, last.text) not in {("{", "}"), ("<", ">")}:
            raise _unreadable(token)
        return [message]
    if token.text == "[":
        values: list[Scalar | Message] = []
        while (item := _next(tokens, token)).text != "]":
            values += _values(item, tokens)
        return values
    if token.kind == "mark":
        raise _unreadable(token)
    return [_unquoted(token) if token.kind == "string" else _scalar(token.text)]


def _unquoted(token: _Token) -> str:
    """Escapes stand for bytes of UTF-8."""
    try:
        return token.text[1:-1].encode().decode("unicode_escape").encode("latin-1").decode()
    except UnicodeError:
        raise _unreadable(token) from None


def _scalar(word: str) -> Scalar:
    if word in {"true", "false"}:
        return word == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _next(tokens: Iterator[_Token], opened: _Token) -> _Token:
    token = next(tokens, None)
    if token is None:
        raise _unreadable(opened)
    return token


def _unreadable(token: _Token) -> DomainError:
    return DomainError(
        "bad_metadata",
        f"Line {token.line} (“{token.text[:40]}”) is no text-format protocol buffer; fetch the file again.",
    )
