"""What may be asked of the scorers: a strict spec, and the sentence for whoever asks something else."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from predictor.api import DomainError
from webapp.predictions.specs import Text, Word, explain
from webapp.scoring.given import MAX_ROWS
from webapp.scoring.models import Kind

FILE = "file"  # the field of an upload
MAX_FILE_BYTES = 20 * 1024 * 1024
_WHAT = ("variants", "text", "saturation", "scan")
_WRITTEN = Annotated[Text, Field(max_length=30_000)]  # two alleles of 10,000 bp and what stands around them


class ScoreSpec(BaseModel):
    """Variants to be scored: exactly one of `variants` (notations), `text` (one a line, a table or a VCF), `saturation` (a locus
    of at most 1,000 bp, whose every base is changed), `scan` (a gene, whose promoter is) and, in an upload, `file`.

    `scorers` by name, the model's usual ones without; `tracks` by key, the model's default tracks without, “all” for all.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"genome": "sacCer3", "variants": ["chrII:278352:T>C"]}, {"scan": "GAL1"}]},
    )

    genome: Word | None = None
    model: Word | None = None
    variants: Annotated[list[_WRITTEN], Field(max_length=MAX_ROWS)] | None = None
    text: Text | None = None
    saturation: Word | None = None
    scan: Word | None = None
    scorers: Annotated[list[Word], Field(max_length=100)] | None = None
    tracks: Annotated[list[Word], Field(max_length=10_000)] | None = None
    name: Word | None = None

    @property
    def kind(self) -> Kind:
        """Of the job that it asks for."""
        if self.saturation is not None:
            return Kind.SATURATION
        return Kind.VARIANTS if self.scan is None else Kind.SCAN


def parse_score_spec(given: object, *, with_file: bool = False) -> ScoreSpec:
    """Check a decoded body; `with_file`: variants come in a file beside it. Raises DomainError (400 or 422)."""
    known = tuple(ScoreSpec.model_fields)
    try:
        spec = ScoreSpec.model_validate(given)
    except ValidationError as error:
        raise explain(error.errors(include_url=False), known) from None
    asked = [field for field in _WHAT if getattr(spec, field) is not None] + [FILE] * with_file
    if not asked:
        raise DomainError(
            "nothing_asked",
            "Give “variants” (a list), “text”, a “file”, a locus as “saturation” or a gene as “scan”.",
            status=400,
        )
    if len(asked) > 1:
        raise DomainError("too_much_asked", f"Give either “{asked[0]}” or “{asked[1]}”, not both.", status=400)
    return spec
