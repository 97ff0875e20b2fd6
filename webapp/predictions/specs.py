"""What may be asked: a strict spec, and the sentence for whoever asks something else."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from predictor.api import MAX_ALLELE_BP, MOST_EDITS, DomainError


def _storable(text: str) -> str:
    if "\x00" in text:  # PostgreSQL cannot hold it
        raise DomainError("bad_character", "The request holds a NUL character, which is no text.", status=400)
    return text


Text = Annotated[str, AfterValidator(_storable)]
Word = Annotated[str, Field(max_length=200), AfterValidator(_storable)]
Allele = Annotated[
    str, Field(max_length=2 * MAX_ALLELE_BP + 200), AfterValidator(_storable)
]  # both alleles written out


class Spec(BaseModel):
    """A prediction as it is asked for: exactly one of `locus` and `sequence`, or `variants` alone.

    `locus`: chrII:278,000-281,000, a position, a chromosome or a gene name. `sequence`: raw DNA or one FASTA record.
    `variants`: edits that lie together on one copy, in any notation (chrII:278010:A>G, HGVS, SPDI ...; of a pasted sequence as
    sequence:10:A>G); the reference and the edited sequence are both predicted, around the edits where there is no `locus`.
    `model`: by name, by default one that was made for the genome. `outputs` and `tracks` choose what is predicted (their union);
    without both the model's default tracks are.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"genome": "sacCer3", "locus": "chrII:270,001-290,000", "outputs": ["RNA_SEQ"]},
                {"genome": "sacCer3", "variants": ["chrII:278568:T>A"]},
            ]
        },
    )

    genome: Word | None = None
    locus: Word | None = None
    sequence: Text | None = None
    model: Word | None = None
    outputs: Annotated[list[Word], Field(max_length=100)] | None = None
    tracks: Annotated[list[Word], Field(max_length=10_000)] | None = None
    name: Word | None = None
    variants: Annotated[list[Allele], Field(max_length=MOST_EDITS)] | None = None


def parse_spec(given: object) -> Spec:
    """Check a decoded JSON body. Raises DomainError (400 nothing or too much asked, 422 wrong fields)."""
    try:
        spec = Spec.model_validate(given)
    except ValidationError as error:
        raise explain(error.errors(include_url=False), tuple(Spec.model_fields)) from None
    check_one(spec)
    return spec


def check_one(spec: Spec) -> None:
    """Exactly one of locus and sequence, or variants. Raises DomainError (400)."""
    if spec.locus is None and spec.sequence is None and not spec.variants:
        raise DomainError(
            "nothing_asked",
            "Give a “locus” (chrII:278,000-281,000 or a gene name), a “sequence” (DNA) or “variants” (chrII:278010:A>G).",
            status=400,
        )
    if spec.locus is not None and spec.sequence is not None:
        raise DomainError("locus_and_sequence", "Give either a “locus” or a “sequence”, not both.", status=400)
    if spec.locus is not None and not spec.locus.strip():
        raise DomainError(
            "bad_locus", "The locus is empty; write it as chrII:278,000-281,000, or give a gene name.", status=400
        )


_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list of text",
    "bool_parsing": "true or false",
    "uuid_parsing": "an id",
    "literal_error": "one of {expected}",
}


def explain(errors: Sequence[Mapping[str, Any]], known: Sequence[str] = ()) -> DomainError:
    """pydantic's first finding as one sentence (422; 400 when the body is no object at all)."""
    first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    kind, location, context = first["type"], first["loc"], first.get("ctx", {})
    field = next((str(part) for part in reversed(location) if isinstance(part, str)), "")
    if kind == "extra_forbidden":
        near = tuple(difflib.get_close_matches(field.casefold(), known, n=3, cutoff=0.5))
        shown = field if len(field) <= 40 else field[:39] + "…"
        hint = f"did you mean {' or '.join(near)}?" if near else f"the fields are {', '.join(known)}."
        return DomainError("unknown_field", f"There is no field “{shown}”; {hint}", status=422, suggestions=near)
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return DomainError(
            "bad_body", 'The body must be a JSON object, as in {"locus": "chrII:270,001-290,000"}.', status=400
        )
    if kind == "missing":
        return DomainError("missing_field", f"“{field}” is missing.", status=422)
    if kind in {"string_too_long", "too_long"}:
        unit = "entries" if context.get("field_type") == "List" else "characters"  # of a list's text, too
        return DomainError("too_long", f"“{field}” is too long; at most {context['max_length']:,} {unit}.", status=422)
    if kind in {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}:
        sign, bound = next(iter(context.items()))
        rule = {
            "ge": f"at least {bound:,}",
            "le": f"at most {bound:,}",
            "gt": f"more than {bound:,}",
            "lt": f"less than {bound:,}",
        }[sign]
        return DomainError("out_of_range", f"“{field}” must be {rule}.", status=422)
    if kind == "string_unicode":
        return DomainError("bad_character", f"“{field}” holds half a surrogate pair, which is no text.", status=400)
    if kind in _KINDS:
        return DomainError("wrong_type", f"“{field}” must be {_KINDS[kind].format(**context)}.", status=422)
    return DomainError("wrong_value", f"“{field}” is not valid: {first['msg']}.", status=422)
