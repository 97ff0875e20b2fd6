"""The official JAX code (google-deepmind/alphagenome_research) in the comparison. Runs in an environment of its own."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import jmp
import numpy as np
from alphagenome.models.dna_model import Organism
from alphagenome_research.model.metadata import metadata as official_metadata
from alphagenome_research.model.model import AlphaGenome
from safetensors.numpy import load_file

from predictor.bench.contract import SHOWN_TRACKS, TRACK_HEADS, Codes, Outputs

_POLICIES = {"fp32": "float32", "bf16": "params=float32,compute=bfloat16,output=bfloat16"}
_SHORT = 2048  # any length has the parameters of every other


class Research:
    """Compiled ahead for a length and a request: XLA leaves out what the request does not need, so heads, not tracks."""

    def __init__(self, dtype: str, weights: Path) -> None:
        metadata = {o: _means_of_one(official_metadata.load(o)) for o in (Organism.HOMO_SAPIENS, Organism.MUS_MUSCULUS)}
        policy = jmp.get_policy(_POLICIES[dtype])

        def forward(dna: Any, organism: Any) -> Any:
            with hk.mixed_precision.push_policy(AlphaGenome, policy):
                return AlphaGenome(metadata)(dna, organism)

        self.network = hk.transform_with_state(forward)
        wanted = jax.eval_shape(self.network.init, jax.random.PRNGKey(0), *_input_shapes(_SHORT))
        arrays = load_file(weights)
        self.parameters, self.state = (
            {
                module: {
                    name: jnp.asarray(arrays[f"{module}/{name}"]).reshape(leaf.shape) for name, leaf in part.items()
                }
                for module, part in tree.items()
            }
            for tree in wanted
        )
        self.compiled: dict[tuple[int, str], Any] = {}

    def prepare(self, codes: Codes, request: str) -> None:
        """Compilation; nothing is run."""

        def answer(parameters: Any, state: Any, dna: Any, organism: Any) -> Outputs:
            (predictions, embeddings), _ = self.network.apply(parameters, state, None, dna, organism)
            return _asked(predictions, embeddings, request)

        lowered = jax.jit(answer).lower(self.parameters, self.state, *_input_shapes(len(codes)))
        self.compiled[len(codes), request] = lowered.compile()

    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        dna = np.eye(4, dtype=np.float32)[codes][None]
        outputs = self.compiled[len(codes), request](self.parameters, self.state, dna, np.zeros(1, np.int32))
        return dict(jax.block_until_ready(outputs))


def _asked(predictions: Any, embeddings: Any, request: str) -> Outputs:
    match request:
        case "rna_seq" | "chip_tf":
            resolution = TRACK_HEADS[request][0]
            tracks = predictions[request][f"predictions_{resolution}bp"]
            return {f"{request}_{resolution}bp": tracks[0, :, :SHOWN_TRACKS]}
        case "embeddings":
            names = ("embeddings_1bp", "embeddings_128bp", "embeddings_pair")
            return {name: getattr(embeddings, name)[0] for name in names}
        case "all":
            tracks = {
                f"{head}_{r}bp": predictions[head][f"predictions_{r}bp"][0]
                for head, steps in TRACK_HEADS.items()
                for r in steps
            }
            return tracks | {
                "contact_maps": predictions["contact_maps"]["predictions"][0],
                "splice_classes": predictions["splice_sites_classification"]["predictions"][0],
                "splice_usage": predictions["splice_sites_usage"]["predictions"][0],
                "junctions": predictions["splice_sites_junction"]["predictions"][0],
            }
    raise ValueError(request)


def _input_shapes(length: int) -> tuple[Any, Any]:
    return jax.ShapeDtypeStruct((1, length, 4), jnp.float32), jax.ShapeDtypeStruct((1,), jnp.int32)


def _means_of_one(metadata: Any) -> Any:
    """Its packaged track means are data, not weights; the other implementations are given ones."""
    tables = {field.name: getattr(metadata, field.name) for field in fields(metadata)}
    return replace(
        metadata,
        **{name: table.assign(nonzero_mean=1.0) for name, table in tables.items() if "nonzero_mean" in table},
    )


def build(dtype: str, threads: int, weights: Path | None) -> Research:
    """See predictor.bench.contract. XLA takes a thread per core that the process may use, which are as many as `threads`."""
    assert weights is not None
    return Research(dtype, weights)
