"""What people are told about SpliceAI: its tracks, terms and limits."""

from __future__ import annotations

from typing import Any

from predictor.tracks import Track

NAME = "spliceai"
VERSION = "1.3.1"
WHEEL = "spliceai-1.3.1-py2.py3-none-any.whl"
WHEEL_SHA256 = "63c633b8de6803d4ffb613e6ef62f1a896fec9fc13245c0f000ff7adea279776"
H5_SHA256 = {  # of the five networks in the wheel
    "spliceai/models/spliceai1.h5": "e1fd5adcef7489d604b10e79c40078ef790d51ef048c4ce3869c9119ac5de42b",
    "spliceai/models/spliceai2.h5": "6ab042b82ab966b6d3582cb31b96f0859ea08a864f168d69e83aa14450a3b66e",
    "spliceai/models/spliceai3.h5": "e2e790bde53dfdf410c6dc434a86122a7d12f3f38dc2ef45d85986e9ecf22fad",
    "spliceai/models/spliceai4.h5": "ca88ac9e58e69ba6fdeed319b72f063f164c9abf7392eaccef903e94c1d99dd6",
    "spliceai/models/spliceai5.h5": "791cd22c62a80a08d2ca674615a93ce8159d7b55bd157cfef2983b1bd6b41391",
}
ARCHITECTURE = "spliceai"  # in a card's settings
CITATION = "Jaganathan et al., Cell 2019, doi:10.1016/j.cell.2018.12.015"
LICENCE = "CC BY-NC 4.0, non-commercial use only (SpliceAI models, Illumina, Inc.)"
TERMS = f"""SpliceAI {VERSION}, by Kishore Jaganathan and colleagues at Illumina, Inc. ({CITATION}).

The package `spliceai` on PyPI states one licence, GPLv3, which is that of its code; none of that code is installed or run here.
Its five trained networks have a licence of their own, in the file spliceai/models/LICENSE of github.com/Illumina/SpliceAI:
“SpliceAI models are provided under CC BY NC 4.0 license for academic and non-commercial use.”

  * Creative Commons Attribution-NonCommercial 4.0: https://creativecommons.org/licenses/by-nc/4.0/legalcode
  * You may use, share and change them for NON-COMMERCIAL purposes, naming their authors, without any warranty.
  * For commercial use you need a licence from Illumina, Inc.

The networks are converted to another file format, nothing else of them is changed. Research use only, not for diagnosis."""


def _track(kind: str, strand: str, description: str) -> Track:
    word = {"+": "plus", "-": "minus"}[strand]
    return Track(
        key=f"{kind}_{word}",
        name=f"Splice {kind}s ({strand})",
        output="SPLICE_SITES",
        strand="+" if strand == "+" else "-",
        biosample="any human tissue",
        assay="annotated and GTEx splice sites",
        description=f"{description}; mean of five networks",
        source=CITATION,
        licence=LICENCE,
        default=True,
    )


_DONOR, _ACCEPTOR = "Last base of the exon before an intron", "First base of the exon after"
TRACKS = (
    _track("donor", "+", _DONOR),
    _track("acceptor", "+", _ACCEPTOR),
    _track("donor", "-", _DONOR),
    _track("acceptor", "-", _ACCEPTOR),
)


def card(members: int, sha256: str) -> dict[str, Any]:
    """The card without its tracks; `sha256` of the converted weights."""
    return {
        "name": NAME,
        "title": "SpliceAI (human)",
        "version": VERSION,
        "licence": LICENCE,
        "citation": CITATION,
        "summary": "Human splice donors and acceptors from sequence: the published five networks. Non-commercial use only.",
        "genomes": ["hg19", "hg38"],
        "context_bp": 16_384,
        "held_out": ["chr1", "chr3", "chr5", "chr7", "chr9"],
        "limits": [
            "Its networks are licensed for non-commercial use only (CC BY-NC 4.0); for commercial use ask Illumina, Inc.",
            "It reads 5,000 bp on either side of a base; beyond the ends of what it is given it sees N, "
            "which may change what it says within 5,000 bp of them.",
            "It knows one kind of site for all tissues, and neither how much a site is used nor which are joined.",
            "It was trained on human protein-coding genes; chr20 and chrX were training chromosomes.",
        ],
        "sha256": sha256,
        "settings": {"architecture": ARCHITECTURE, "members": members},
    }
