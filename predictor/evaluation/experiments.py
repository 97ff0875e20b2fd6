"""Did the model learn biology? TATA boxes, splice donors, strand symmetry, and the motifs of single factors, all held out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.discovery import Discovered, discover, strongest_bins
from predictor.evaluation.genome_bins import BIN_BP, judged_bins, predict_chromosome
from predictor.evaluation.labels import Labels
from predictor.evaluation.logos import logo_page
from predictor.evaluation.motifs import motifs
from predictor.genome import Interval
from predictor.inputs import ModelInput, from_interval, from_sequence
from predictor.reference import Reference
from predictor.results import Predictor
from predictor.strands import partner_rows
from predictor.tracks import Track
from predictor.training.store import Store
from predictor.training.yeast_drawn import read_table
from predictor.variants.edit import Edit

CONTEXT_BP = 16_384
SITES = 12  # per factor
FACTORS = ("Reb1", "Abf1", "Rap1", "Mcm1", "Ume6", "Cin5")
TATA = re.compile("TATA[AT]A[AT][AG]")
UPSTREAM_BP = (150, 40)  # where a TATA box lies before a start
PROMOTERS = 60
SYMMETRIC_WINDOWS = 12

# By output and track: two values of each bin, a window after another.
Pairs = dict[tuple[str, str], list[tuple[NDArray[np.float32], NDArray[np.float32]]]]
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True)
class Report:
    """`text`: Markdown; `figures`: SVG by file name; `numbers`: what the text says, for machines."""

    text: str
    figures: dict[str, str]
    numbers: dict[str, object]

    def write(self, folder: Path) -> None:
        """`experiments.md`, `experiments.json` and the figures."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "experiments.md").write_text(self.text)
        (folder / "experiments.json").write_text(json.dumps(self.numbers, indent=1) + "\n")
        for name, svg in self.figures.items():
            (folder / name).write_text(svg)


class Experiments:
    """All of them on the chromosomes that a store keeps for testing."""

    def __init__(self, predictor: Predictor, reference: Reference, data: Path, store: Store) -> None:
        self.predictor, self.reference, self.data, self.store = predictor, reference, data, store
        self.chromosomes = store.splits["test"]
        self.tracks = {track.key: track for track in predictor.info.tracks}
        self.labels = Labels(data, store)

    def report(self) -> Report:
        """Runs everything; some minutes."""
        found = [self.motif(name) for name in FACTORS if f"chip_{name.lower()}" in self.tracks]
        tata, donors, symmetry, members = self.tata(), self.donors(), self.symmetry(), self.members()
        numbers: dict[str, object] = {
            "motifs": {one.factor: {"sites": one.sites, "fit": round(one.fits[one.factor], 3), "rank": one.rank} for one in found},
            "tata": tata, "donors": donors, "symmetry": symmetry, "members": members,
        }  # fmt: skip
        logos = [(f"{one.factor}, model", one.matrix) for one in found]
        known = [(f"{one.factor}, JASPAR", motifs()[one.factor][0].information) for one in found]
        pairs = [row for both in zip(logos, known, strict=True) for row in both]
        return Report(_text(found, tata, donors, symmetry, members), {"motifs.svg": logo_page(pairs)}, numbers)

    def motif(self, name: str) -> Discovered:
        """In-silico mutagenesis at the bins with an event of a factor where the model is surest."""
        track = self.tracks[f"chip_{name.lower()}"]
        predicted, labels = {}, {}
        for chromosome in self.chromosomes:
            values = predict_chromosome(self.predictor, self.reference, chromosome, [track])
            predicted[chromosome] = values.coarse[track.key]
            judged = self.labels.of(track, chromosome)
            assert judged.label is not None
            labels[chromosome] = judged.label & judged.called
        return discover(self.predictor, self.reference, track, strongest_bins(predicted, labels, SITES))

    def tata(self) -> dict[str, float]:
        """TATA boxes 40 to 150 bp before a start, replaced by as many bases without one; beside it the same somewhere else in
        the same stretch. Median change (log2) of the starts within 100 bp and of TBP."""
        changes: dict[str, list[float]] = {"starts": [], "starts_control": [], "TBP": [], "TBP_control": []}
        for gene in self._promoters():
            chromosome, strand, start = gene["chrom"], gene["strand"], int(gene["stripe_YPD_peak"])
            far, near = UPSTREAM_BP
            span = (start - far, start - near) if strand == "+" else (start + near + 1, start + far + 1)
            given = from_interval(
                Interval(chromosome, *span), self.reference.lengths[chromosome], self.reference.fetch, CONTEXT_BP
            )
            assert given.interval is not None
            offset = given.interval.start
            stretch = given.sequence[span[0] - offset : span[1] - offset]
            read = stretch if strand == "+" else stretch.translate(_COMPLEMENT)[::-1]
            box = TATA.search(read)
            if box is None:
                continue
            at = box.start() if strand == "+" else len(read) - box.end()
            other = (at + len(read) // 2) % (len(read) - 8)
            edits = [Edit(span[0] - offset + place, span[0] - offset + place + 8, "GAGCTCGC") for place in (at, other)]
            values = self._around(given, edits, start - offset, strand)
            for name, (before, changed, control) in values.items():
                changes[name].append(np.log2(changed / before))
                changes[f"{name}_control"].append(np.log2(control / before))
            if len(changes["starts"]) >= PROMOTERS:
                break
        medians = {name: round(float(np.median(some)), 3) for name, some in changes.items()}
        lower = float(np.mean(np.array(changes["starts"]) < np.array(changes["starts_control"])))
        return {"promoters": len(changes["starts"]), **medians, "lower_than_control": round(lower, 3)}

    def _promoters(self) -> list[dict[str, str]]:
        """Genes with many STRIPE-seq reads, most first, where bins are judged."""
        judged = {name: judged_bins(self.data, self.store.lengths[name], name) for name in self.chromosomes}
        genes = [
            gene for gene in read_table(self.data / "tss.tsv.gz") if gene["chrom"] in judged and gene["stripe_YPD_peak"]
        ]
        genes = [gene for gene in genes if _at(judged[gene["chrom"]], int(gene["stripe_YPD_peak"]))]
        return sorted(genes, key=lambda gene: -float(gene["stripe_YPD_reads"] or 0))[:600]

    def _around(self, given: ModelInput, edits: list[Edit], start: int, strand: str) -> dict[str, tuple[float, ...]]:
        """Predicted starts within 100 bp of one and TBP within 300 bp: before, and after each edit."""
        word = "plus" if strand == "+" else "minus"
        tracks = [self.tracks[f"tss_ypd_{word}"], self.tracks["chip_spt15"]]
        window = (start - 300, start + 300)
        results = [self.predictor.predict(given, tracks, window=window)]
        results += list(self.predictor.alternatives(given, edits, tracks, window=window))
        first = start - results[0].window[0]
        starts = tuple(float(result.tracks[0].values[first - 100 : first + 100].sum()) for result in results)
        return {"starts": starts, "TBP": tuple(float(result.tracks[1].values.sum()) for result in results)}

    def donors(self) -> dict[str, float]:
        """The GT after a donor replaced by CC; beside it two bases 30 bp into the intron. Probability of the donor."""
        before, after, control = list[float](), list[float](), list[float]()
        for chromosome in self.chromosomes:
            length = self.store.lengths[chromosome]
            for intron in self.store.introns(chromosome, 0, length):
                donor, minus = int(intron["donor"]), bool(intron["minus"])
                if not CONTEXT_BP < donor < length - CONTEXT_BP:
                    continue
                track = self.tracks["donor_minus" if minus else "donor_plus"]
                around = Interval(chromosome, donor - 50, donor + 50)
                given = from_interval(around, length, self.reference.fetch, CONTEXT_BP)
                assert given.interval is not None
                at = donor - given.interval.start
                places = (at - 2, at - 32) if minus else (at + 1, at + 31)
                edits = [Edit(place, place + 2, "GG" if minus else "CC") for place in places]
                window = (at, at + 1)
                plain = self.predictor.predict(given, [track], window=window)
                probability = [float(r.tracks[0].values[at - r.window[0]])
                               for r in (plain, *self.predictor.alternatives(given, edits, [track], window=window))]  # fmt: skip
                for some, value in zip((before, after, control), probability, strict=True):
                    some.append(value)
        return {
            "introns": len(before),
            "before": round(float(np.median(before)), 3),
            "without_GT": round(float(np.median(after)), 3),
            "control": round(float(np.median(control)), 3),
        }

    def symmetry(self) -> dict[str, float]:
        """Pearson of each track with that for the reverse complement, turned back, over windows spread along the chromosomes:
        the median by output."""
        pairs: Pairs = {}
        tracks = self._along()
        swapped = [tracks[row] for row in partner_rows(tracks)]
        for window in self._spread():
            sequence = self.reference.fetch(window)
            forward = self.predictor.predict(from_sequence(sequence), tracks)
            reverse = self.predictor.predict(from_sequence(sequence.translate(_COMPLEMENT)[::-1]), swapped)
            for one, other in zip(forward.tracks, reverse.tracks, strict=True):
                pairs.setdefault((one.track.output, one.track.key), []).append((one.values, other.values[::-1]))
        return _alike(pairs)

    def members(self) -> dict[str, float]:
        """Pearson of each track as the first member says it with the second's, as in `symmetry`; nothing for a model of one."""
        pairs: Pairs = {}
        for window in self._spread():
            result = self.predictor.predict(from_sequence(self.reference.fetch(window)), self._along())
            for one in result.tracks:
                if one.members is not None:
                    pairs.setdefault((one.track.output, one.track.key), []).append((one.members[0], one.members[1]))
        return _alike(pairs)

    def _along(self) -> list[Track]:
        return [track for track in self.predictor.info.tracks if track.output_type.shape == "bins"]

    def _spread(self) -> list[Interval]:
        each = SYMMETRIC_WINDOWS // len(self.chromosomes)
        return [
            Interval(name, start, start + CONTEXT_BP)
            for name in self.chromosomes
            for start in np.linspace(30_000, self.store.lengths[name] - 50_000, each).astype(int).tolist()
        ]


def _alike(pairs: Pairs) -> dict[str, float]:
    """By output the median over its tracks of the Pearson of log(1 + value) of all of a track's pairs."""
    by_output: dict[str, list[float]] = {}
    for (output, _), some in pairs.items():
        a, b = (np.log1p(np.concatenate([pair[i] for pair in some]).astype(np.float64)) for i in (0, 1))
        by_output.setdefault(output, []).append(float(np.corrcoef(a, b)[0, 1]))
    return {output: round(float(np.nanmedian(fits)), 3) for output, fits in by_output.items()}


def _at(judged: NDArray[np.bool_], base: int) -> bool:
    return bool(judged[min(base // BIN_BP, len(judged) - 1)])


def _text(
    found: list[Discovered],
    tata: dict[str, float],
    donors: dict[str, float],
    symmetry: dict[str, float],
    members: dict[str, float],
) -> str:
    lines = [
        "| factor | sites | fit with its JASPAR matrix | its rank among the factors' matrices |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.factor} | {one.sites} | {one.fits[one.factor]:.2f} | {one.rank} of {len(one.fits)} |" for one in found
    ]
    lines += [
        "",
        f"TATA box replaced in {tata['promoters']} promoters: starts {tata['starts']:+.2f} (control {tata['starts_control']:+.2f}), "
        f"TBP {tata['TBP']:+.2f} (control {tata['TBP_control']:+.2f}), medians of log2; starts fall more than in the control in "
        f"{100 * tata['lower_than_control']:.0f} % of promoters.",
        "",
        f"Donor GT replaced in {donors['introns']} introns: median probability of the donor {donors['before']:.3f}, "
        f"{donors['without_GT']:.3f} without GT, {donors['control']:.3f} with two other bases of the intron replaced.",
        "",
        "Pearson of log(1 + value) with the prediction for the reverse complement, median over an output's tracks: "
        + ", ".join(f"{output} {value:.3f}" for output, value in symmetry.items()) + ".",
    ]  # fmt: skip
    if members:
        between = ", ".join(f"{output} {value:.3f}" for output, value in members.items())
        lines += ["", f"The same between what the first two members say: {between}."]
    return "\n".join(lines) + "\n"
