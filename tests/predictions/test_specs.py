"""What may be asked, and the sentence for everything else."""

from __future__ import annotations

import pytest

from predictor.api import DomainError
from webapp.predictions.specs import Spec, parse_spec

BAD = [
    ({}, 400, "nothing_asked", "“locus”"),
    ({"locus": "chrI:1-10", "sequence": "ACGT"}, 400, "locus_and_sequence", "not both"),
    ({"locus": "  "}, 400, "bad_locus", "empty"),
    ([], 400, "bad_body", "JSON object"),
    ("chrI:1-10", 400, "bad_body", "JSON object"),
    (None, 400, "bad_body", "JSON object"),
    ({"locuss": "chrI:1-10"}, 422, "unknown_field", "“locuss”; did you mean locus?"),
    ({"zzzzzz": 1}, 422, "unknown_field", "the fields are genome, locus"),
    ({"locus": 7}, 422, "wrong_type", "“locus” must be text."),
    ({"sequence": ["ACGT"]}, 422, "wrong_type", "“sequence” must be text."),
    ({"locus": "chrI", "outputs": "RNA_SEQ"}, 422, "wrong_type", "“outputs” must be a list of text."),
    ({"locus": "chrI", "tracks": [1]}, 422, "wrong_type", "“tracks” must be text."),
    ({"locus": "x" * 201}, 422, "too_long", "“locus” is too long; at most 200 characters."),
    ({"locus": "chrI", "tracks": ["x"] * 10_001}, 422, "too_long", "at most 10,000 entries"),
    ({"locus": "chrI\x00"}, 400, "bad_character", "NUL"),
    ({"locus": "chrI", "name": "\ud800"}, 400, "bad_character", "pair"),
]


@pytest.mark.parametrize(
    ("given", "status", "code", "part"), BAD, ids=[f"{code}-{i}" for i, (*_, code, _) in enumerate(BAD)]
)
def test_a_wrong_spec_is_refused_with_one_sentence(given: object, status: int, code: str, part: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_spec(given)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_null_fields_count_as_absent() -> None:
    assert parse_spec({"locus": "chrI:1-10", "sequence": None}) == Spec(locus="chrI:1-10")
