"""What an installer of AlphaGenome needs: its terms, its conversion. torch is imported when it converts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from predictor.catalogue import CARD

if TYPE_CHECKING:
    from predictor.model.config import ModelConfig

NAME = "alphagenome"
VERSIONS = ("all_folds", "fold_0", "fold_1", "fold_2", "fold_3")
TERMS_PAGE = "https://deepmind.google.com/science/alphagenome/model-terms"
METADATA = {  # the published files at the commit that the network here was written from
    "OutputMetadataResponse_ORGANISM_HOMO_SAPIENS.textproto": "413b4063096bbf7a75a7fdf5560030f8e3866c6af2455fb313e58686ae3d49e8",
    "OutputMetadataResponse_ORGANISM_MUS_MUSCULUS.textproto": "a22eb7b2e435ed5d34325eb2ffc575679adc1fc6d91958f8c3bf4c7c8a55a929",
}
METADATA_FOLDER = (
    "https://raw.githubusercontent.com/google-deepmind/alphagenome_research/3f79219086685598d13b41c5d39e112f76dc8216/"
    "src/alphagenome_research/model/metadata"
)
TERMS = f"""AlphaGenome, by Žiga Avsec and colleagues at Google DeepMind (Nature 2026, doi:10.1038/s41586-025-10014-0).

Its code is free (Apache-2.0), and none of it is run here. Its trained parameters are Google's, and whoever uses them agrees to
Google DeepMind's AlphaGenome model terms, which you should read before you go on:
  {TERMS_PAGE}

In short, in our words, which do not replace theirs:
  * The parameters, what they predict, and what is made from either, may be used for NON-COMMERCIAL purposes only.
  * What they predict may not be used to train other models.
  * They are for research: nothing here is for diagnosis or treatment.

You get them from Hugging Face or Kaggle, where you log in and accept these terms yourself; then they are converted to another file
format, here, and nothing of them is given to anybody. Whoever can read this site's pages can see what they predict: that is yours
to answer for."""

Dtype = Literal["float32", "bfloat16"]
WEIGHTS_BYTES = {"bfloat16": 950_000_000, "float32": 1_850_000_000}  # of the folder that is written


def published() -> ModelConfig:
    """The size of the published network."""
    from predictor.model.config import FULL

    return FULL


def convert(source: Path, metadata: Path | None, folder: Path, version: str, dtype: Dtype) -> None:
    """Write the folded form with human and mouse tracks into `folder`; `metadata` None: it lies beside `source`.

    Raises DomainError `bad_checkpoint`, `bad_metadata`; OSError, MemoryError.
    """
    from predictor.checkpoints.convert import Options
    from predictor.checkpoints.convert import convert as write

    write(source, folder, Options(metadata=metadata, dtype=dtype, name=NAME, version=version), published())


def written_as(folder: Path) -> tuple[str, str] | None:
    """Version and dtype of what is installed there; None for nothing, or something else."""
    try:
        card = json.loads((folder / CARD).read_text())
        return card["version"], card["dtype"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def has_metadata(source: Path) -> bool:
    """Whether files that say what the tracks are lie beside the weights."""
    from predictor.checkpoints.convert import metadata_beside

    return bool(metadata_beside(source))
