"""The stand-in speaks what the SDK's own client reads, and ours reads the same of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import numpy as np
import pytest
from alphagenome.models import dna_client
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from predictor.api import from_sequence, hosted
from predictor.hosted.predictor import HostedPredictor
from predictor.hosted.service import Service
from predictor.hosted.wishes import values_of
from tests.hosted.google import GOOD_KEY, Running
from tests.predictions.making import random_dna


def test_the_sdks_own_client_reads_the_same_values_and_tracks() -> None:
    bases = random_dna(16_384)
    with Running() as running:
        card, _ = hosted.fetch_cards(running.address, GOOD_KEY)
        info = hosted.info_of(card)
        wanted = [track for track in info.tracks if track.output == "RNA_SEQ"]
        with Service(running.address, GOOD_KEY) as service:
            ours = HostedPredictor(info, service).predict(from_sequence(bases, info.lengths), wanted)
        channel = grpc.insecure_channel(f"127.0.0.1:{running.port}")
        sdk = dna_client.DnaClient(channel=channel, metadata=[("x-goog-api-key", GOOD_KEY)])
        theirs = sdk.predict_sequence(
            bases, requested_outputs=[dna_client.OutputType.RNA_SEQ], ontology_terms=["EFO:0002067", "UBERON:0002107"]
        ).rna_seq
        listed = sdk.output_metadata().rna_seq
        channel.close()
    assert theirs is not None and listed is not None
    np.testing.assert_array_equal(np.stack([one.values for one in ours.tracks], axis=1), theirs.values)
    assert [(track.description, track.strand, track.ontology, track.biosample_type) for track in wanted] == [
        (row["name"], row["strand"], row["ontology_curie"], row["biosample_type"].replace("_", " "))
        for _, row in listed.iterrows()
    ]


@pytest.mark.parametrize("bp", [2_048, 131_073])
def test_a_length_that_the_service_does_not_read_is_not_sent(bp: int) -> None:
    with Running() as running:
        info = hosted.info_of(hosted.fetch_cards(running.address, GOOD_KEY)[0])
        with (
            Service(running.address, GOOD_KEY) as service,
            pytest.raises(Exception, match="reads 16,384, 131,072, 524,288, 1,048,576 bp, not"),
        ):
            HostedPredictor(info, service).predict(from_sequence("A" * bp), info.tracks[:1])
        assert not running.google.asked


CLIENT = """
import sys
from predictor.api import DomainError, hosted
try:
    print(len(hosted.fetch_cards(sys.argv[1], sys.argv[2])[0]["tracks"]))
except DomainError as error:
    print(error.code)
"""


def _certificate() -> tuple[bytes, bytes]:
    """Of localhost, by itself: the key and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, made.public_bytes(pem)


def test_a_key_goes_encrypted_and_to_nobody_whose_certificate_is_not_trusted(tmp_path: Path) -> None:
    private, certificate = _certificate()
    (tmp_path / "trusted.pem").write_bytes(certificate)
    with Running(credentials=grpc.ssl_server_credentials([(private, certificate)])) as running:
        address = f"https://localhost:{running.port}"
        for trusted, said in ((False, "hosted_unreachable"), (True, "14")):
            env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
            if trusted:  # of the tests alone: gRPC reads it once in a process
                env["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = str(tmp_path / "trusted.pem")
            command = [sys.executable, "-c", CLIENT, address, GOOD_KEY]
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
            assert done.stdout.strip() == said, done.stderr
            assert bool(running.google.by) == trusted


def test_letters_that_are_no_base_are_sent_as_N_and_an_address_in_brackets_is_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "grpc_proxy"):  # the key goes through none
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "no_grpc_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    bases = "RYSWKM" + random_dna(16_378)
    with Running(host="[::1]") as running:
        info = hosted.info_of(hosted.fetch_cards(running.address, GOOD_KEY)[0])
        with Service(running.address, GOOD_KEY) as service:
            HostedPredictor(info, service).predict(from_sequence(bases), info.tracks[:1])
        assert running.google.asked[0].sequence == "NNNNNN" + bases[6:]


BROKEN = """
import sys

class Old:
    def find_spec(name, *_):
        if name.endswith("_pb2_grpc"):
            raise RuntimeError("made for another version")

sys.meta_path.insert(0, Old)
from predictor.api import DomainError, hosted
try:
    hosted.fetch_cards("http://127.0.0.1:9", "x" * 20)
except DomainError as error:
    print(error.code)
"""


def test_files_of_the_sdk_that_do_not_fit_are_as_good_as_none() -> None:
    done = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "no_hosted_sdk", done.stderr


def test_more_than_a_worker_can_hold_is_counted_with_all_that_the_service_sends() -> None:
    with Running() as running:
        info = hosted.info_of(hosted.fetch_cards(running.address, GOOD_KEY)[0])
    by_output = {output: [one for one in info.tracks if one.output == output] for output in info.outputs}
    minus, histone, contact = by_output["RNA_SEQ"][1], by_output["CHIP_HISTONE"][0], by_output["CONTACT_MAPS"][0]
    assert values_of(info, [minus], 131_072) == 2 * 131_072  # both strands of K562
    assert values_of(info, [histone, contact], 131_072) == 1_024 + 64 * 64
    many = replace(info, tracks=tuple(replace(minus, key=f"rna{i}", ontology=f"CL:{i:07}") for i in range(129)))
    hosted.check_size(many, many.tracks[:128], 1_048_576, 1)
    for tracks, sequences in ((many.tracks, 1), (many.tracks[:65], 2)):
        with pytest.raises(
            Exception, match="million values for this, and 134 million are taken at once; ask for fewer"
        ):
            hosted.check_size(many, tracks, 1_048_576, sequences)
