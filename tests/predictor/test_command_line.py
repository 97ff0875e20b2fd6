"""The command line as a person at a terminal meets it: its exit code, and one line when something is wrong.

What matters of the process is tested on a process; the many refusals in this one, where they take no second each.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from predictor.__main__ import main
from predictor.catalogue import model_info

ROOT = Path(__file__).resolve().parent.parent.parent
LOCUS = "chrII:278000-281000"


def run(*arguments: str | Path, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *python, "-m", "predictor", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=300)


def modules(stderr: str) -> set[str]:
    """First names of the modules that `python -X importtime` saw."""
    return {name.split(".")[0] for name in re.findall(r"^import time:.*\| +(\S+)$", stderr, re.MULTILINE)}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("command") / "x.npz"


@pytest.fixture(scope="module")
def done(out: Path) -> subprocess.CompletedProcess[str]:
    """The README's example, run once."""
    arguments = ("predict", "--model", "yeast", "--locus", LOCUS, "--device", "cpu", "--threads", "1", "--out", out)
    return run(*arguments, python=("-X", "importtime"))


@pytest.fixture(scope="module")
def about(done: subprocess.CompletedProcess[str], out: Path) -> dict[str, Any]:
    with np.load(out) as file:
        return dict(json.loads(str(file["about"])))


@pytest.fixture(scope="module")
def arrays(done: subprocess.CompletedProcess[str], out: Path) -> dict[str, NDArray[np.float32]]:
    with np.load(out) as file:
        return {key: file[key] for key in file.files if key != "about"}


def test_a_locus_is_predicted(done: subprocess.CompletedProcess[str], out: Path) -> None:
    assert done.returncode == 0
    first, *padding = done.stdout.splitlines()
    tracks = len(model_info("yeast").default_tracks())
    assert re.fullmatch(rf"{tracks} tracks of chrII:271,233-287,616 in [\d.]+ s -> {re.escape(str(out))}", first)
    assert padding == [
        "  padding (flank): bases 1 to 6,767 of the 16,384 bp input",
        "  padding (flank): bases 9,769 to 16,384 of the 16,384 bp input",
    ]


def test_no_web_framework_is_loaded(done: subprocess.CompletedProcess[str]) -> None:
    loaded = modules(done.stderr)
    assert {"predictor", "torch", "numpy"} <= loaded  # so the list is a list
    assert not loaded & {"django", "celery", "kombu", "ninja", "psycopg", "webapp"}


def _arrays(keys: list[str]) -> list[str]:
    """What a file holds of tracks: their values and, if the packaged model has several members, their band."""
    edges = ("low", "high") if len(model_info("yeast").members) > 1 else ()
    return [*keys, *(f"{key}:{edge}" for key in keys for edge in edges)]


def test_every_default_track_is_there_whole_and_finite(arrays: dict[str, NDArray[np.float32]]) -> None:
    tracks = model_info("yeast").default_tracks()
    assert list(arrays) == _arrays([track.key for track in tracks])
    assert {track.resolution for track in tracks} >= {1}
    for track in tracks:
        for one in _arrays([track.key]):
            assert arrays[one].shape == (16_384 // track.resolution,)
            assert arrays[one].dtype == np.float32
            assert np.isfinite(arrays[one]).all()


def test_the_file_says_what_it_holds(about: dict[str, Any]) -> None:
    info = model_info("yeast")
    assert (about["model"], about["version"], about["sha256"]) == (info.name, info.version, info.sha256)
    assert about["licence"] == info.licence
    assert about["notice"] == "research use only, not for diagnosis"
    # 3,001 bp in 16,384: 13,383 to share, 277,999 - 6,691 = 271,308, on the grid 2,119 x 128 = 271,232.
    assert about["interval"] == "chrII:271,233-287,616"
    assert about["interval_0_based"] == {"chromosome": "chrII", "start": 271_232, "end": 287_616}
    assert about["asked"] == [277_999 - 271_232, 281_000 - 271_232]
    assert about["input_bp"] == 16_384
    assert about["padding"] == [
        {"start": 0, "end": 6_767, "kind": "flank"},
        {"start": 9_768, "end": 16_384, "kind": "flank"},
    ]
    assert (about["device"], about["dtype"]) == ("cpu", "float32")
    assert all(seconds >= 0 for seconds in about["seconds"].values())
    expected = [{**asdict(t), "resolution": t.resolution, "unit": t.unit} for t in info.default_tracks()]
    assert about["tracks"] == expected


def test_a_fasta_record_is_predicted_with_chosen_tracks_and_notes_go_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.fa").write_text(">mine\n" + "ACGU" * 250 + "\n")
    out = tmp_path / "x.npz"
    given = ["predict", "--sequence", str(tmp_path / "in.fa"), "--outputs", "CHIP_HISTONE", "--out", str(out)]
    assert main(given) == 0
    said = capsys.readouterr()
    assert said.err == "250 U read as T.\n"
    assert said.out.splitlines()[1] == "  padding (N): bases 1,001 to 2,048 of the 2,048 bp input"
    keys = [track.key for track in model_info("yeast").tracks if track.output == "CHIP_HISTONE"]
    with np.load(out) as file:
        assert file.files == ["about", *_arrays(keys)]
        assert file[keys[0]].shape == (8,)  # ceil(1,000 / 128): only real bases have values
        assert json.loads(str(file["about"]))["interval"] is None


# (arguments, words of the one line)
REFUSED: dict[str, tuple[list[str], str]] = {
    "no-locus": (["--locus", "here"], "“here” is not a locus; write it as chrII:278,000-281,000."),
    "reversed-locus": (["--locus", "chrII:9-2"], "ends before it starts"),
    "past-the-end": (["--locus", "chrI:1-230,219"], "chrI is 230,218 bp long; chrI:1-230,219 goes past its end."),
    "unknown-chromosome": (["--locus", "chrXX:1-10"], "no chromosome “chrXX”; did you mean"),
    "too-long": (["--locus", "chrIV:1-1,048,577"], "the model reads at most 1,048,576 bp"),
    "unknown-model": (["--locus", LOCUS, "--model", "human"], "There is no model “human” here; installed: yeast."),
    "unknown-output": (["--locus", LOCUS, "--outputs", "RNASEQ"], "no output “RNASEQ”; did you mean RNA_SEQ?"),
    "unknown-track": (["--locus", LOCUS, "--tracks", "zzzzzz"], "no track “zzzzzz”"),
    "no-output": (["--locus", LOCUS, "--outputs", ","], "No track is chosen"),
    "missing-sequence": (["--sequence", "{folder}/none.fa"], "{folder}/none.fa: No such file or directory"),
    "sequence-is-a-folder": (["--sequence", "{folder}"], "{folder}: Is a directory"),
    "no-dna": (["--sequence", "{folder}/protein.fa"], "This looks like protein"),
    "missing-genome": (["--locus", LOCUS, "--fasta", "{folder}/none.fa"], "{folder}/none.fa: No such file"),
    "no-fasta": (["--locus", LOCUS, "--fasta", "{folder}/words.txt"], "words.txt holds no FASTA record."),
    "damaged-fasta": (["--locus", "a:1-4", "--fasta", "{folder}/damaged.fa"], "“a” of damaged.fa"),
    "out-in-no-folder": (
        ["--locus", LOCUS, "--out", "{folder}/no/x.npz"],
        "{folder}/no/x.npz: No such file or directory",
    ),
    "out-is-a-folder": (["--locus", LOCUS, "--out", "{folder}"], "{folder}: Is a directory"),
    "out-below-a-file": (["--locus", LOCUS, "--out", "{folder}/words.txt/x.npz"], "words.txt/x.npz: Not a directory"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    (folder / "protein.fa").write_text(">p\nMTKSHSEEVI\n")
    (folder / "words.txt").write_text("no header\n")
    (folder / "damaged.fa").write_bytes(b">a\nAC\xe9GTACGT\n")
    return folder


@pytest.mark.parametrize(("arguments", "part"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_one_line_on_stderr_before_any_work(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], part: str
) -> None:
    before = sorted(folder.iterdir())
    given = [argument.format(folder=folder) for argument in arguments]
    assert main(["predict", *([] if "--out" in given else ["--out", str(folder / "never.npz")]), *given]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"predictor: .+\n", said.err)  # one line, so no traceback
    assert part.format(folder=folder) in said.err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("case", ["no-locus", "unknown-model", "out-in-no-folder"])
def test_a_process_that_cannot_do_it_says_so_and_fails(folder: Path, case: str) -> None:
    arguments, part = REFUSED[case]
    given = [argument.format(folder=folder) for argument in arguments]
    done = run("predict", *([] if "--out" in given else ["--out", folder / "never.npz"]), *given)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"predictor: .+\n", done.stderr)
    assert part.format(folder=folder) in done.stderr


def test_an_unwritable_place_is_heard_of_before_the_model_is_loaded(tmp_path: Path) -> None:
    done = run("predict", "--locus", LOCUS, "--out", tmp_path / "no" / "x.npz", python=("-X", "importtime"))
    assert done.returncode == 1
    assert "torch" not in modules(done.stderr)


def test_a_refused_command_leaves_an_older_result_alone(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"older")
    assert main(["predict", "--locus", "chrXX:1-10", "--out", str(tmp_path / "x.npz")]) == 1
    assert (tmp_path / "x.npz").read_bytes() == b"older"


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "required: COMMAND"),
        (["guess"], "invalid choice: 'guess'"),
        (["predict", "--out", "x"], "one of the arguments --locus --sequence is required"),
        (["predict", "--locus", LOCUS], "required: --out"),
        (["predict", "--locus", LOCUS, "--sequence", "x", "--out", "x"], "not allowed with argument --locus"),
        (["predict", "--locus", LOCUS, "--out", "x", "--threads", "-1"], "“-1” is not a number from 0 to 1,024"),
        (["predict", "--locus", LOCUS, "--out", "x", "--threads", "two"], "“two” is not a number from 0 to 1,024"),
        (["predict", "--locus", LOCUS, "--out", "x", "--device", "tpu"], "invalid choice: 'tpu'"),
    ],
    ids=["nothing", "command", "no-locus", "no-out", "both", "negative-threads", "word-threads", "device"],
)
def test_a_wrong_command_gets_its_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], part: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: python -m predictor")
    assert part in said


def test_help_names_the_commands_and_their_options() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"predict", "train", "evaluate"} <= set(re.findall(r"^    (\w+)", done.stdout, re.MULTILINE))
    done = run("predict", "--help")
    assert done.returncode == 0
    for option in ("--model", "--locus", "--sequence", "--fasta", "--outputs", "--tracks", "--out", "--threads"):
        assert option in done.stdout
