"""HGVS g. and c. descriptions (https://hgvs-nomenclature.org); mutalyzer's grammar reads them, this module says what they mean."""

from __future__ import annotations

import re
from typing import Any

from predictor.errors import DomainError
from predictor.genome import coding_index, zero_based
from predictor.variants.written import Action, CodingPosition, CodingSpan, VariantText, no_change, read_allele, shorten

_DESCRIPTION = re.compile(
    r"(?P<reference>[^\s:]*?) ?(?:\((?P<selector>[^\s:()]+)\))? ?:? ?\b(?P<kind>[a-z])\. ?(?P<change>\S.*)"
)
# Nearly all rows of a table are of these forms; mutalyzer's Earley grammar takes 10 ms for each.
_POINT = r"[-*]?[0-9]+(?:[+-][0-9]+)?"
_SUBSTITUTION = re.compile(rf"(?P<first>{_POINT})(?P<ref>[A-Za-z]+)>(?P<alt>[A-Za-z]+)")
_BASES = "[ACGTNacgtn]"
_SPAN = re.compile(
    rf"(?P<first>{_POINT})(?:_(?P<last>{_POINT}))?"
    rf"(?:del(?P<deleted>{_BASES}*)(?:ins(?P<put>{_BASES}+))?|dup(?P<again>{_BASES}*)|ins(?P<inserted>{_BASES}+)|(?P<inverted>inv))"
)
_PARTS = re.compile(r"(?P<side>[-*]?)(?P<number>[0-9]+)(?P<offset>[+-][0-9]+)?")
_MANY_DIGITS = re.compile(r"\d{13}")
_SIDES = {"-": "upstream", "*": "downstream"}
_OTHER_KINDS = {"p": "protein", "r": "RNA", "n": "non-coding transcript", "m": "mitochondrial", "o": "circular"}
_ACTIONS: dict[str, Action] = {
    "substitution": "replace", "deletion": "replace", "deletion_insertion": "replace", "insertion": "insert",
    "duplication": "duplicate", "inversion": "invert",
}  # fmt: skip


def looks_like_hgvs(text: str) -> bool:
    """Whether `text` has a coordinate kind (g., c., p. ...) where HGVS has it."""
    return bool(_DESCRIPTION.fullmatch(text))


def parse_hgvs(given: str) -> VariantText:
    """Substitutions, deletions, insertions, delins, duplications and inversions, g. or c.

    Raises DomainError (400): `bad_hgvs` when it is not HGVS, `unsupported_hgvs` for what HGVS can say and one variant with
    known bases cannot be, `no_change`, or as read_allele.
    """
    match = _DESCRIPTION.fullmatch(given)
    assert match  # looks_like_hgvs said so
    kind, reference = match["kind"], match["selector"] or match["reference"]
    if kind not in ("g", "c"):
        raise _unsupported(
            given, f"is {_OTHER_KINDS.get(kind, kind + '.')} HGVS, and only g. and c. can be placed on the genome"
        )
    if not reference:
        example = "chrII:g.278871A>G" if kind == "g" else "GAL1:c.-150A>G"
        raise DomainError(
            "bad_hgvs", f"“{shorten(given)}” does not say of which sequence; write it as {example}.", status=400
        )
    if kind == "g":
        reference = match["reference"] or reference
    change = match["change"]
    if _MANY_DIGITS.search(change):
        raise DomainError("bad_position", f"“{shorten(given)}” has a position that is too large.", status=400)
    if change.endswith("="):
        raise no_change(given)
    model = _plain(change) or _model(given, kind, change)
    if model["type"] not in _ACTIONS:
        raise _unsupported(given, f"is a {model['type']}, which does not say its bases")
    return _variant(given, kind, reference, model)


def _plain(change: str) -> dict[str, Any] | None:
    """As `_model`, of a change with plain numbers and bases."""
    if match := _SUBSTITUTION.fullmatch(change):
        alleles = {"deleted": _sequence(match["ref"]), "inserted": _sequence(match["alt"])}
        return {"location": _point(match["first"]), "type": "substitution", "source": "reference", **alleles}
    if not (match := _SPAN.fullmatch(change)):
        return None
    location = _point(match["first"])
    if match["last"]:
        location = {"type": "range", "start": location, "end": _point(match["last"])}
    model: dict[str, Any] = {"location": location, "type": _kind(match), "source": "reference"}
    if match["deleted"]:
        model["deleted"] = _sequence(match["deleted"])
    if bases := match["put"] or match["inserted"] or match["again"]:
        model["inserted"] = _sequence(bases)
    return model


def _kind(match: re.Match[str]) -> str:
    if match["inverted"]:
        return "inversion"
    if match["inserted"]:
        return "insertion"
    if match["again"] is not None:
        return "duplication"
    return "deletion_insertion" if match["put"] else "deletion"


def _point(text: str) -> dict[str, Any]:
    match = _PARTS.fullmatch(text)
    assert match  # as _POINT
    point: dict[str, Any] = {"type": "point", "position": int(match["number"])}
    if match["side"]:
        point["outside_cds"] = _SIDES[match["side"]]
    if match["offset"]:
        point["offset"] = {"value": int(match["offset"])}
    return point


def _sequence(bases: str) -> list[dict[str, str]]:
    return [{"sequence": bases, "source": "description"}]


def _model(given: str, kind: str, change: str) -> dict[str, Any]:
    """mutalyzer's model of one change. The sequence's own name stays with us: its grammar does not know all gene names."""
    from mutalyzer_hgvs_parser import to_model
    from mutalyzer_hgvs_parser.exceptions import NestedDescriptions, UnexpectedCharacter, UnexpectedEnd

    try:
        variants = to_model(f"X:{kind}.{change}").get("variants", [])
    except (UnexpectedCharacter, UnexpectedEnd, NestedDescriptions) as error:
        where = getattr(error, "unexpected_character", None)
        at = f" at “{where}”" if where else ""
        sentence = (
            f"“{shorten(given)}” is not HGVS that can be read{at}; write it as chrII:g.278871A>G or GAL1:c.10_12del."
        )
        raise DomainError("bad_hgvs", sentence, status=400) from None
    if len(variants) != 1:
        raise _unsupported(given, "holds several changes, each of which is a variant of its own")
    model: dict[str, Any] = variants[0]
    if "type" not in model or model.get("uncertain") or model.get("predicted"):
        raise _unsupported(given, "does not say for certain what changes")
    return model


def _variant(given: str, kind: str, reference: str, model: dict[str, Any]) -> VariantText:
    location = model["location"]
    if location.get("uncertain"):
        raise _unsupported(given, "has an uncertain position")
    first, last = (location, location) if location["type"] == "point" else (location["start"], location["end"])
    action, deleted, inserted = model["type"], model.get("deleted", []), model.get("inserted", [])
    alt = _bases(given, inserted) if inserted else ""
    width = _number(deleted)
    ref = None if width or not deleted else _bases(given, deleted)
    said = width or len(ref or "")
    if action == "duplication" and alt:  # dupACT repeats what is there, as delACT does
        ref, alt, said = alt, "", len(alt)
    if action == "insertion" and location["type"] == "point":
        raise DomainError(
            "bad_hgvs",
            f"“{shorten(given)}” inserts at one base; HGVS names the two it stands between, as in 10_11insA.",
            status=400,
        )
    if ref is not None and ref == alt:
        raise no_change(given)
    place: tuple[int, int] | CodingSpan
    if kind == "c":
        place = CodingSpan(_coding(given, first), _coding(given, last))
    else:
        start, end = zero_based(_genomic(given, first)), _genomic(given, last)
        if start >= end or (action == "insertion" and zero_based(end) != start + 1):
            rule = (
                "an insertion stands between two neighbours"
                if action == "insertion"
                else "the smaller position comes first"
            )
            raise DomainError("bad_hgvs", f"“{shorten(given)}” has its positions wrong: {rule}.", status=400)
        place = (zero_based(end), zero_based(end)) if action == "insertion" else (start, end)
        if said and said != place[1] - place[0]:
            raise DomainError(
                "bad_hgvs",
                f"“{shorten(given)}” spans {end - start:,} bp but names {said:,}; correct one of the two.",
                status=400,
            )
    what = _ACTIONS[action]
    return VariantText(given, "HGVS", reference, place, "" if what == "insert" else ref, alt, what)


def _bases(given: str, parts: list[dict[str, Any]]) -> str:
    if len(parts) != 1 or set(parts[0]) - {"sequence", "source"}:
        raise _unsupported(given, "does not spell its bases out")
    return read_allele(parts[0]["sequence"], given)


def _number(parts: list[dict[str, Any]]) -> int:
    """N of a delN."""
    value = parts[0].get("length", {}).get("value") if len(parts) == 1 else None
    return value if isinstance(value, int) else 0


def _genomic(given: str, point: dict[str, Any]) -> int:
    number = point.get("position")
    if not isinstance(number, int) or point.get("uncertain") or set(point) & {"offset", "outside_cds"}:
        raise _unsupported(given, "has a position that is not one number, as g. positions are")
    if not number:
        raise DomainError(
            "bad_position", f"“{shorten(given)}” stands at 0, but positions are counted from 1.", status=400
        )
    return number


def _coding(given: str, point: dict[str, Any]) -> CodingPosition:
    number, offset = point.get("position"), point.get("offset", {}).get("value", 0)
    if (
        not isinstance(number, int)
        or point.get("uncertain")
        or not isinstance(offset, int)
        or "uncertain" in point.get("offset", {})
    ):
        raise _unsupported(given, "has an uncertain position")
    if not number:
        raise DomainError("bad_position", f"“{shorten(given)}” stands at 0, but c.1 follows on c.-1.", status=400)
    side = point.get("outside_cds")
    return CodingPosition(coding_index(number, upstream=side == "upstream"), offset, from_stop=side == "downstream")


def _unsupported(given: str, why: str) -> DomainError:
    return DomainError("unsupported_hgvs", f"“{shorten(given)}” {why}; write it as chr:pos:ref>alt.", status=400)
