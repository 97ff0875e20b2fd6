"""Splice sites at single bases and the junctions between them. Few: the test chromosomes have 42 introns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from predictor.codes import reverse_complement
from predictor.evaluation.genome_bins import BIN_BP, Predicted
from predictor.evaluation.metrics import average_precision
from predictor.evaluation.motifs import BACKGROUND, PSEUDOCOUNT, match
from predictor.evaluation.rows import Figure, figure
from predictor.training.store import Store

# Bases of the exon's end (donor) or the intron's end (acceptor) and beyond that a matrix is made of.
SPANS = {"donor": (-2, 7), "acceptor": (-20, 3)}
KEPT = 20_000  # bases with the best scores; all sites are kept as well
COUNTED = 0.5


def figures(
    store: Store,
    training: tuple[str, ...],
    test: dict[str, Predicted],
    weights: NDArray[np.float64],
    rivals: dict[str, Predicted] | None = None,
) -> list[Figure]:
    """Average precision of donors and acceptors over every base of both strands, beside a matrix of the training introns."""
    rows = []
    for kind in ("donor", "acceptor"):
        matrix = _matrix(store, training, kind)
        networks = {"model": test, "rival": rivals} if rivals else {"model": test}
        scores: dict[str, list[NDArray[np.float64]]] = {which: [] for which in (*networks, "matrix")}
        labels, bins, first_bin = [], [], 0
        for chromosome, predicted in test.items():
            length = store.lengths[chromosome]
            codes = store.codes(chromosome, 0, length)
            for strand, word in (("+", "plus"), ("-", "minus")):
                size = len(predicted.fine[f"{kind}_{word}"])
                label = np.zeros(size, np.bool_)
                introns = store.introns(chromosome, 0, length)
                label[introns[kind][introns["minus"] == (strand == "-")]] = True
                for which, by in networks.items():
                    scores[which].append(by[chromosome].fine[f"{kind}_{word}"].astype(np.float64))
                scores["matrix"].append(_match(codes, matrix, kind, strand)[:size])
                labels.append(label)
                bins.append(first_bin + np.arange(size) // BIN_BP)
            first_bin += length // BIN_BP
        label, where = np.concatenate(labels), np.concatenate(bins)
        values = {}
        for name, parts in scores.items():
            score = np.concatenate(parts)
            # What lies below every site and the best bases changes no precision at a site that is found.
            kept = label.copy()
            kept[np.argpartition(-score, KEPT)[:KEPT]] = True
            values[name] = average_precision(score[kept], label[kept], weights[:, where[kept]])
        rows.append(
            figure(
                kind,
                "splice sites",
                "AP at 1 bp",
                float(label.mean()),
                values["model"],
                {"matrix": values["matrix"]},
                values.get("rival"),
            )
        )
    return rows


def junctions(store: Store, test: dict[str, Predicted]) -> dict[str, float]:
    """How many introns are found whole, and how many of the junctions that are predicted are introns."""
    found = predicted_count = true = 0
    for chromosome, predicted in test.items():
        introns = store.introns(chromosome, 0, store.lengths[chromosome])
        known = {(int(i["donor"]), int(i["acceptor"]), "-" if i["minus"] else "+") for i in introns}
        said = {pair for pair, count in predicted.junctions.items() if count >= COUNTED}
        found += len(known & said)
        true += len(known)
        predicted_count += len(said)
    return {"introns": true, "predicted": predicted_count, "both": found}


def _matrix(store: Store, chromosomes: tuple[str, ...], kind: str) -> NDArray[np.float64]:
    """Log-odds around the sites of the training introns."""
    before, after = SPANS[kind]
    counts = np.zeros((4, after - before)) + PSEUDOCOUNT * BACKGROUND[:, None]
    for chromosome in chromosomes:
        length = store.lengths[chromosome]
        codes = store.codes(chromosome, 0, length)
        for intron in store.introns(chromosome, 0, length):
            strand_codes = reverse_complement(codes) if intron["minus"] else codes
            at = length - 1 - int(intron[kind]) if intron["minus"] else int(intron[kind])
            counts[strand_codes[at + before : at + after], np.arange(after - before)] += 1
    return np.asarray(np.log2(counts / counts.sum(0) / BACKGROUND[:, None]))


def _match(codes: NDArray[np.uint8], matrix: NDArray[np.float64], kind: str, strand: str) -> NDArray[np.float64]:
    """[S]: score at the site's own base."""
    before, _ = SPANS[kind]
    shift = matrix.shape[1] // 2 + before  # `match` says it at the middle
    read = reverse_complement(codes) if strand == "-" else codes
    scores = np.roll(match(read, matrix), -shift)
    return scores[::-1] if strand == "-" else scores
