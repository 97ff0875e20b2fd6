"""Making models and judging them: train, gather, evaluate, experiment."""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from predictor.commands.options import add_engine, minutes, threads

if TYPE_CHECKING:
    from predictor.results import Predictor


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    train = commands.add_parser("train", help="train a model from a TOML file; resumes where it was stopped")
    train.add_argument("config", type=Path)
    train.add_argument("--data", type=Path, required=True, help="the folder of training tables")
    train.add_argument("--out", type=Path, required=True)
    train.add_argument("--seed", type=int, help="instead of the file's; another member of a group of models")
    train.add_argument("--start", type=Path, metavar="FOLDER", help="a finished model to go on from")
    train.add_argument("--threads", type=threads, default=0, help="0 leaves torch's choice")
    train.add_argument(
        "--dtype", default="auto", choices=("auto", "float32", "bfloat16"), help="auto: bfloat16 on a GPU"
    )
    train.add_argument(
        "--loaders",
        type=int,
        choices=range(17),
        metavar="N",
        help="processes that make batches (default: 2 with a GPU)",
    )
    train.add_argument("--minutes", type=minutes, default=math.inf, help="stop after so long; the same command goes on")
    train.set_defaults(run=_train)

    gather = commands.add_parser("gather", help="models trained alike from other seeds as one model with a band")
    gather.add_argument(
        "folders", type=Path, nargs="+", metavar="FOLDER", help="what train wrote, the first one's card is kept"
    )
    gather.add_argument("--out", type=Path, required=True, help="a new checkpoint folder")
    gather.add_argument("--version", default="", help="of the model that comes out (default: the first one's)")
    gather.set_defaults(run=_gather)

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
    add_engine(evaluate)
    evaluate.set_defaults(run=_evaluate)

    experiment = commands.add_parser(
        "experiment", help="motifs by mutagenesis, TATA boxes, splice donors, strand symmetry; writes experiments.md"
    )
    experiment.add_argument(
        "--checkpoint", type=Path, default=None, help="a checkpoint folder (default: the packaged yeast model)"
    )
    experiment.add_argument("--data", type=Path, required=True)
    experiment.add_argument("--out", type=Path, required=True)
    add_engine(experiment)
    experiment.set_defaults(run=_experiment)


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
        loaders = options.loaders if options.loaders is not None else 2 * torch.cuda.is_available()
        done = train(
            config, Store(store), options.out,
            dtype=dtype, team=team, minutes=options.minutes, start=start, loaders=loaders,
        )  # fmt: skip
        if team.leads:
            print(f"{'Done' if done else 'Stopped; the same command goes on'}: {options.out}")
    finally:
        parallel.leave()


def _gather(options: argparse.Namespace) -> None:
    from predictor.checkpoints.gather import gather

    made = gather(options.folders, options.out, options.version)
    print(f"{len(made.members)} members, sha256 {made.sha256} -> {options.out}")


def _judged(options: argparse.Namespace) -> Predictor:
    from predictor.catalogue import CHECKPOINTS
    from predictor.results import load_folder

    folder = options.checkpoint or CHECKPOINTS / "yeast"
    return load_folder(folder, device=options.device, dtype=options.dtype, threads=options.threads)


def _evaluate(options: argparse.Namespace) -> None:
    from predictor.evaluation import tables
    from predictor.evaluation.evaluate import evaluate
    from predictor.reference import load_sacCer3
    from predictor.training.convolutional import ConvolutionalPredictor
    from predictor.training.yeast_drawn import read_table
    from predictor.training.yeast_tables import yeast_store

    predictor = _judged(options)
    reference = load_sacCer3()
    with tempfile.TemporaryDirectory() as folder:
        store = yeast_store(options.data, reference, Path(folder) / "store")
        rival = ConvolutionalPredictor(options.beside) if options.beside else None
        said = evaluate(predictor, reference, options.data, store, store.splits[options.split], rival)
    published = {row["target"]: row for row in read_table(options.data / "sanity_results.tsv")}
    tables.write(said, options.out, published)
    print(tables.markdown(said, published))


def _experiment(options: argparse.Namespace) -> None:
    from predictor.evaluation.experiments import Experiments
    from predictor.reference import load_sacCer3
    from predictor.training.yeast_tables import yeast_store

    predictor = _judged(options)
    reference = load_sacCer3()
    with tempfile.TemporaryDirectory() as folder:
        store = yeast_store(options.data, reference, Path(folder) / "store")
        report = Experiments(predictor, reference, options.data, store).report()
    report.write(options.out)
    print(report.text)
