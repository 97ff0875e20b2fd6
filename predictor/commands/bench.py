"""Speed and parity."""

from __future__ import annotations

import argparse
from pathlib import Path

from predictor.commands.options import threads
from predictor.errors import DomainError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its arguments."""
    bench = commands.add_parser("bench", help="seconds and peak memory by length, beside one plain pass")
    bench.add_argument("--model", default="yeast")
    instead = bench.add_mutually_exclusive_group()
    instead.add_argument(
        "--parity",
        type=Path,
        metavar="FOLDER",
        help="instead: the full network beside the official code's arrays in FOLDER",
    )
    bench.add_argument(
        "--peers",
        type=Path,
        metavar="FOLDER",
        help="instead: the full network beside the implementations that predictor.bench.peers has installed in FOLDER; "
        "with --spliceai: beside the original in FOLDER/spliceai",
    )
    instead.add_argument(
        "--spliceai", type=Path, metavar="MODEL", help="instead: the installed SpliceAI in this folder, as --peers says"
    )
    instead.add_argument(
        "--variants", action="store_true", help="instead: variants by the local path beside two whole forwards for each"
    )
    instead.add_argument(
        "--full", action="store_true", help="instead: the full network on this machine's GPU, whole passes and variants"
    )
    bench.add_argument(
        "--threads", type=threads, default=0, help="of --variants and --spliceai; 0 leaves torch's choice"
    )
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> None:
    from predictor import parity
    from predictor.bench import lengths, peers, variants
    from predictor.catalogue import model_info

    if options.spliceai:
        from predictor.bench import splicing

        print(splicing.table(options.spliceai, options.peers, threads=options.threads or 1))
        return
    if options.variants:
        print(variants.table(options.model, threads=options.threads))
        return
    if options.full:
        from predictor.bench import accelerator

        print(accelerator.table())
        return
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
