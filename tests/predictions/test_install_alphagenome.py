"""`manage.py install_model alphagenome` from a server that stands in for the hub: a small network, written as the packages write theirs."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from safetensors.torch import save_file

from predictor.api import alphagenome, machine
from predictor.catalogue import read_card
from predictor.checkpoints.writing import genomicsxai, official
from predictor.deterministic import deterministic_model
from predictor.inputs import from_sequence
from predictor.results import load_folder
from tests.checkpoints.test_convert import BASES, HUMAN, RNA
from tests.checkpoints.textprotos import HUMAN_FILE
from tests.checkpoints.writing import SMALL, write_orbax
from tests.predictions.hub import TOKEN, Hub
from webapp.lib import download
from webapp.predictions.installation.hub import Repository

MOUSE_FILE = HUMAN_FILE.replace("HOMO_SAPIENS", "MUS_MUSCULUS")
REPOSITORY = "google/alphagenome-all-folds"
ROOMY = machine.Machine(32_000_000_000, 20_000_000_000)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the hub has: the official repository, a PyTorch file, the metadata as another server has it."""
    folder = tmp_path_factory.mktemp("hub")
    model = deterministic_model(SMALL)
    repository = folder / REPOSITORY
    repository.mkdir(parents=True)
    save_file(genomicsxai(model), repository / "model.safetensors")
    (repository / "notes").mkdir()
    (repository / "notes" / "origin.json").write_text("{}")
    (repository / "README.md").write_text("words " * 10)
    (folder / "some" / "port").mkdir(parents=True)
    shutil.copyfile(repository / "model.safetensors", folder / "some" / "port" / "model_fold_1.safetensors")
    (folder / "official" / "1").mkdir(parents=True)
    write_orbax(folder / "official" / "1", official(model))
    (folder / "metadata").mkdir()
    (folder / "metadata" / HUMAN_FILE).write_text(HUMAN)
    (folder / "metadata" / MOUSE_FILE).write_text(RNA)
    return folder


@pytest.fixture
def hub(published: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The server, an empty home and a person with a token."""
    hub = Hub(published)
    settings.HOME, settings.HF_ENDPOINT, settings.HF_TOKEN = tmp_path / "home", hub.url, TOKEN
    monkeypatch.setattr(alphagenome, "published", lambda: SMALL)
    monkeypatch.setattr(machine, "this_machine", lambda: ROOMY)
    monkeypatch.setattr(alphagenome, "METADATA_FOLDER", f"{hub.url}/metadata")
    digests = {
        name: hashlib.sha256((published / "metadata" / name).read_bytes()).hexdigest()
        for name in (HUMAN_FILE, MOUSE_FILE)
    }
    monkeypatch.setattr(alphagenome, "METADATA", digests)
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)
    yield hub
    hub.close()


def install(*arguments: object, terms: str = "--accept-terms") -> str:
    out = io.StringIO()
    call_command("install_model", "alphagenome", terms, *map(str, arguments), stdout=out)
    return out.getvalue()


def home(hub: Hub, settings: Any) -> Path:
    return Path(settings.HOME) / "models"


def largest(published: Path) -> Path:
    """A file that breaks off well."""
    return max((published / REPOSITORY).rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0)


def test_from_the_hub_it_becomes_a_model_of_human_and_one_of_mouse(hub: Hub, settings: Any) -> None:
    said = install()
    assert alphagenome.TERMS_PAGE in said and "NON-COMMERCIAL" in said
    assert "32 GB of memory, 20 GB of it free, and no GPU" in said
    folder = home(hub, settings) / "alphagenome"
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.safetensors", "mouse"]
    assert [path.name for path in (folder / "mouse").iterdir()] == ["model.json"]
    human, mouse = read_card(folder), read_card(folder / "mouse")
    assert (human.name, human.version, human.genomes) == ("alphagenome", "all_folds", ("hg38", "hg19"))
    assert (mouse.name, mouse.genomes, mouse.weights.resolve()) == (
        "alphagenome-mouse",
        ("mm10",),
        folder / "model.safetensors",
    )
    assert {"RNA_SEQ", "ATAC", "CONTACT_MAPS"} <= set(human.outputs)
    assert json.loads((folder / "model.json").read_text())["dtype"] == "bfloat16"
    result = load_folder(folder, device="cpu").predict(from_sequence(BASES), human.tracks[:2])
    assert result.tracks[0].values.shape == (4096,)
    assert not (home(hub, settings) / "fetching").exists()
    assert TOKEN not in said
    assert not [path for host, path, token, _ in hub.seen if host == "storage" and token]
    assert not [path for _, path, *_ in hub.seen if "README" in path]
    asked = len(hub.seen)
    said = install()
    assert said.endswith(f"alphagenome is installed already in {folder}\n")
    elsewhere = install("--from", "huggingface:some/port")
    assert elsewhere.endswith(
        "what --from names was not looked at: to install that instead, remove this folder first.\n"
    )
    assert len(hub.seen) == asked
    assert "is installed in" in install("--dtype", "float32")  # replaced
    assert json.loads((folder / "model.json").read_text())["dtype"] == "float32"


def test_a_listing_that_goes_on_at_another_host_is_followed_without_the_token(hub: Hub) -> None:
    hub.pages_elsewhere = True
    assert [remote.name for remote in Repository(REPOSITORY).files()] == ["model.safetensors", "notes/origin.json"]
    asked = [(host, token) for host, path, token, _ in hub.seen if "/tree/" in path]
    assert set(asked) == {("hub", f"Bearer {TOKEN}"), ("storage", "")}


def test_a_fold_has_a_repository_of_its_own(hub: Hub, settings: Any, published: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"google/alphagenome-fold-2 answered 404"):
        install("--fold", "fold_2")
    shutil.copytree(published / REPOSITORY, tmp_path / "google" / "alphagenome-fold-2")
    hub.folder = tmp_path
    install("--fold", "fold_2", "--metadata", published / "metadata")
    assert read_card(home(hub, settings) / "alphagenome").version == "fold_2"


def test_a_connection_that_drops_is_taken_up_where_it_broke(hub: Hub, settings: Any, published: Path) -> None:
    file = largest(published)
    size = file.stat().st_size
    hub.drops[file.name] = size // 2
    said = install()
    assert f"from byte {size // 2:,} on" in said and "going on" in said
    assert hub.sent[file.name] == size  # nothing twice
    assert (home(hub, settings) / "alphagenome" / "model.json").exists()


def test_half_a_file_of_an_earlier_run_is_finished(
    hub: Hub, settings: Any, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = largest(published)
    monkeypatch.setattr(download, "TRIES", 1)
    hub.drops[file.name] = 1000
    with pytest.raises(CommandError, match=r"cannot be fetched: .* 0\.0 MB of it are here, run this again to go on"):
        install()
    assert not (home(hub, settings) / "alphagenome").exists()
    install()
    assert hub.sent[file.name] == file.stat().st_size
    assert f"bytes={1000}-" in {asked for *_, asked in hub.seen}
    assert (home(hub, settings) / "alphagenome" / "model.json").exists()


@pytest.mark.parametrize(
    ("token", "accepted", "sentence"),
    [
        ("", True, r"/google/alphagenome-all-folds gives .* accept them and set HF_TOKEN to a token of yours"),
        (
            TOKEN,
            False,
            r"/google/alphagenome-all-folds gives .* only to those who accepted its terms: log in there, accept them, then",
        ),
        ("hf_wrongwrong", True, r"does not know the token in HF_TOKEN; make one at .*/settings/tokens"),
    ],
    ids=["no token", "terms not accepted", "wrong token"],
)
def test_who_may_not_have_it_is_told_what_to_do(
    hub: Hub, settings: Any, token: str, accepted: bool, sentence: str
) -> None:
    settings.HF_TOKEN, hub.accepted = token, accepted
    with pytest.raises(CommandError, match=sentence) as refused:
        install()
    assert "hf_" not in str(refused.value)
    assert not (home(hub, settings) / "alphagenome").exists()


def test_a_file_with_another_hash_is_thrown_away(hub: Hub, settings: Any, published: Path) -> None:
    file = largest(published)
    hub.spoilt.add(file.name)
    with pytest.raises(CommandError, match=rf"{file.name} has the SHA-256 [0-9a-f]{{64}}, not .* run this again"):
        install()
    assert not (home(hub, settings) / "alphagenome").exists()
    hub.spoilt = {"origin.json"}  # a small one, which git's digest names
    with pytest.raises(CommandError, match=r"notes/origin.json has the git digest"):
        install()
    hub.spoilt = set()
    install()
    assert (home(hub, settings) / "alphagenome" / "model.json").exists()


def test_what_the_tracks_are_is_fetched_checked_and_can_be_given(
    hub: Hub, settings: Any, published: Path, tmp_path: Path
) -> None:
    hub.spoilt.add(HUMAN_FILE)
    with pytest.raises(
        CommandError, match=r"What the tracks are could not be fetched: .*HOMO_SAPIENS.* with --metadata"
    ):
        install()
    with pytest.raises(CommandError, match=r"There is no metadata at .*/nowhere"):
        install("--metadata", tmp_path / "nowhere")
    install("--metadata", published / "metadata")
    assert len(read_card(home(hub, settings) / "alphagenome").tracks) > 10


def test_a_full_disk_is_said_before_anything_is_fetched(
    hub: Hub, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil._ntuple_diskusage(10**12, 10**12 - 15 * 10**8, 15 * 10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    with pytest.raises(CommandError, match=r"950 MB are needed and 1,500 MB are free on the disk of .*; 1,074 MB"):
        install()
    assert hub.seen == []


def test_too_little_memory_is_said_before_anything_is_fetched(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "this_machine", lambda: machine.Machine(4_000_000_000, 2_500_000_000))
    with pytest.raises(CommandError, match=r"GB of memory, and 2\.5 GB are free; .* “python -m predictor convert”"):
        install()
    assert hub.seen == []


def test_files_of_other_formats_come_from_repositories_addresses_paths_and_archives(
    hub: Hub, settings: Any, published: Path, tmp_path: Path
) -> None:
    file = published / "some" / "port" / "model_fold_1.safetensors"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as archive:  # as Kaggle packs it
        archive.add(published / "official" / "1", "1")
    url = f"{hub.url}/some/port/{file.name}"
    for source in (
        ["--from", "huggingface:some/port/model_fold_1.safetensors"],
        ["--from", url, "--sha256", digest],
        ["--from", file, "--metadata", published / "metadata"],
        ["--from", tmp_path / "archive.tar.gz"],
    ):
        shutil.rmtree(home(hub, settings), ignore_errors=True)
        install("--fold", "fold_1", *source)
        assert read_card(home(hub, settings) / "alphagenome").version == "fold_1"
    shutil.rmtree(home(hub, settings))
    with pytest.raises(CommandError, match=r"has the SHA-256 .* not 0000"):
        install("--from", url, "--sha256", "0" * 64)
    with pytest.raises(CommandError, match=r"There is no checkpoint at .*nowhere"):
        install("--from", tmp_path / "nowhere")
    (tmp_path / "x.safetensors").write_bytes(b"no tensors")
    with pytest.raises(CommandError, match="is damaged or incomplete"):
        install("--from", tmp_path / "x.safetensors")
    assert not (home(hub, settings) / "alphagenome").exists()


def test_nothing_happens_without_a_yes(hub: Hub) -> None:
    with pytest.raises(CommandError, match="run this again with --accept-terms"):
        install(terms="--no-color")
    assert hub.seen == []


def test_progress_has_bytes_share_speed_and_the_time_that_is_left(hub: Hub, tmp_path: Path, published: Path) -> None:
    clock = iter(range(0, 10_000, 6))  # six seconds at each look
    lines: list[str] = []
    (published / "big.bin").write_bytes(bytes(3 << 20))
    remote = download.Remote(f"{hub.url}/big.bin", "big.bin", size=3 << 20)
    download.fetch(remote, tmp_path / "big.bin", lines.append, lambda: float(next(clock)))
    # 1,048,576 bytes in 6 s are 0.2 MB/s; 2,097,152 are left: 12 s
    assert lines[0] == "big.bin: 1.0 of 3.1 MB, 33%, 12 s left (0.2 MB/s)"


@pytest.mark.parametrize(
    ("memory", "gpu", "dtype", "words"),
    [
        (
            8,
            None,
            "float32",
            ["up to 524,288 bp for a few tracks", "up to 131,072 bp for every output", "DTYPE=bfloat16"],
        ),
        (24, None, "float32", ["up to 1,048,576 bp for a few tracks", "up to 1,048,576 bp for every output"]),
        (4, None, "float32", ["reads nothing (too little memory) for a few tracks"]),
        (4, None, "bfloat16", ["up to 262,144 bp for a few tracks", "nothing (too little memory) for every output"]),
        (8, ("NVIDIA H100", 80), "float32", ["GPU (NVIDIA H100, 80 GB)", "up to 1,048,576 bp on it for a few tracks"]),
        (8, ("small", 2), "float32", ["up to 131,072 bp on it"]),
    ],
)
def test_a_machine_is_told_what_it_can_do(
    memory: int, gpu: tuple[str, int] | None, dtype: str, words: list[str]
) -> None:
    """By the measured peaks: float32, few tracks 3.69 GB + 4.34 GB a megabase (10^6 bp), every output 3.83 + 12.8; 1 GB for the rest."""
    card = (gpu[0], gpu[1] * 10**9) if gpu else None
    said = " ".join(machine.describe(machine.Machine(memory * 10**9, memory * 10**9, card), dtype))
    assert not [word for word in words if word not in said], said
