"""Scores as tables, in the SDK's words: long rows as its `tidy_scores` makes them, and AnnData as its services return it.

A track is called by its key, which is unique in the model. pandas, pyarrow and anndata are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from predictor.errors import DomainError
from predictor.genes import Gene
from predictor.genome import Interval
from predictor.scoring.results import Scored, ScorerResult
from predictor.tracks import Track
from predictor.variants.variant import variant_id

if TYPE_CHECKING:
    from anndata import AnnData
    from pandas import DataFrame
    from pyarrow import Schema, Table

_Cells = list[tuple[int, Any]]  # from a column on, values of a row

COLUMNS = (
    "variant_id", "scored_interval", "gene_id", "gene_name", "gene_type", "gene_strand", "junction_Start", "junction_End",
    "output_type", "variant_scorer", "track_name", "track_strand", "Assay title", "biosample_name", "data_source",
    "raw_score", "quantile_score",
)  # fmt: skip
_NUMBERS = {"junction_Start": "int64", "junction_End": "int64", "raw_score": "float32", "quantile_score": "float32"}


def interval_id(interval: Interval) -> str:
    """As the SDK writes it, 0-based half-open and without a strand: chrII:270336-286720:. (not for people)."""
    return f"{interval.chromosome}:{interval.start}-{interval.end}:."


def tidy_rows(scored: Iterable[Scored]) -> Iterator[tuple[Any, ...]]:
    """Rows of COLUMNS: per variant and scorer each track with each of its genes, but genes of the other strand than the track's.

    What does not apply is None, as are quantiles without a background. Variants with an error have no rows.
    """
    for one in scored:
        for result in one.results:
            yield from _rows(one, result)


def _rows(one: Scored, result: ScorerResult) -> Iterator[tuple[Any, ...]]:
    assert one.interval is not None
    which = variant_id(one.variant), interval_id(one.interval)
    scorer = result.scorer.output, result.scorer.name
    for column, track in enumerate(result.tracks):
        about = track.key, track.strand, track.assay, track.biosample, track.source
        for row in range(len(result.values)):
            gene = result.genes[row] if result.genes else None
            if gene is not None and {gene.strand, track.strand} == {"+", "-"}:
                continue
            junction = result.junctions[row] if result.junctions else (None, None)
            quantile = None if result.quantiles is None else result.quantiles[row, column]
            yield (*which, *_gene(gene), *junction, *scorer, *about, result.values[row, column], quantile)


def _gene(gene: Gene | None) -> tuple[str | None, ...]:
    if gene is None:
        return None, None, None, None
    return gene.id.split(".")[0], gene.name, gene.kind, gene.strand  # without the version of an identifier


def arrow_schema(**more: str) -> Schema:
    """Of a Parquet file: COLUMNS, then `more` columns with Arrow's names of their types."""
    import pyarrow as pa

    types = {name: _NUMBERS.get(name, "string") for name in COLUMNS} | more
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in types.items()])


def arrow_table(rows: Iterable[tuple[Any, ...]], schema: Schema) -> Table:
    """Rows of the schema's columns, perhaps none."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def tidy(scored: Iterable[Scored]) -> DataFrame:
    """`tidy_rows` as a table; without the column of quantiles if there are none."""
    import pandas as pd

    table = pd.DataFrame(tidy_rows(scored), columns=list(COLUMNS))
    return table.drop(columns="quantile_score") if table["quantile_score"].isna().all() else table


def to_anndata(one: Scored, result: ScorerResult) -> AnnData:
    """One scorer's result as the SDK's services give it: X float32 [rows, tracks]; `var` the tracks; `obs` the genes, without
    columns where there are none; `uns` variant, interval, variant_scorer, output_type, all text, so that a file can hold it;
    layer `quantiles` where there are any.
    """
    import pandas as pd

    obs = pd.DataFrame(index=[str(row) for row in range(len(result.values))])
    if result.scorer.genes != "none":
        genes = result.genes
        obs["gene_id"] = [gene.id for gene in genes]
        obs["strand"] = [gene.strand for gene in genes]
        obs["gene_name"] = [gene.name for gene in genes]
        obs["gene_type"] = [gene.kind for gene in genes]
        obs["Chromosome"] = [gene.chromosome for gene in genes]
        obs["Start"] = [gene.start for gene in genes]
        obs["End"] = [gene.end for gene in genes]
    if result.scorer.kind == "SPLICE_JUNCTION":
        obs["junction_Start"] = [start for start, _ in result.junctions]
        obs["junction_End"] = [end for _, end in result.junctions]
    made = _anndata(result.values, obs, _var(result.tracks))
    assert one.interval is not None
    made.uns = {
        "variant": variant_id(one.variant),
        "interval": interval_id(one.interval),
        "variant_scorer": result.scorer.name,
        "output_type": result.scorer.output,
    }
    if result.quantiles is not None:
        made.layers["quantiles"] = result.quantiles
    return made


def stacked(scored: Iterable[Scored], most_values: int | None = None) -> AnnData:
    """Everything in one, for a file: a row of `obs` per variant, and per variant with a gene (and junction); a column of `var` per
    scorer with a track. NaN where a scorer says nothing of a row. Raises DomainError `no_scores` (422) if no variant has any, and
    `too_many_values` (413) as soon as rows times columns are more than `most_values`.
    """
    import pandas as pd

    rows: dict[tuple[Any, ...], _Cells] = {}
    ranks: dict[tuple[Any, ...], _Cells] = {}
    columns: dict[tuple[str, str], int] = {}
    var: list[dict[str, str]] = []
    for one in scored:
        for result in one.results:
            if not result.tracks:
                continue
            for track in result.tracks:
                if (result.scorer.name, track.key) not in columns:
                    columns[result.scorer.name, track.key] = len(columns)
                    var.append(
                        {**_track(track), "output_type": result.scorer.output, "variant_scorer": result.scorer.name}
                    )
            first = columns[result.scorer.name, result.tracks[0].key]
            assert one.interval is not None
            for row, values in enumerate(result.values):
                gene = result.genes[row] if result.genes else None
                junction = result.junctions[row] if result.junctions else (-1, -1)
                key = (
                    variant_id(one.variant),
                    interval_id(one.interval),
                    *(said or "" for said in _gene(gene)),
                    *junction,
                )
                rows.setdefault(key, []).append((first, values))
                if result.quantiles is not None:
                    ranks.setdefault(key, []).append((first, result.quantiles[row]))
        if most_values is not None and len(rows) * len(columns) > most_values:
            raise DomainError(
                "too_many_values",
                f"An h5ad of these scores would have more than {most_values:,} values (variants and genes times columns); "
                "download them as parquet or csv.",
                status=413,
            )
    if not rows:
        raise DomainError("no_scores", "No variant has scores to write.")
    obs = pd.DataFrame(list(rows), columns=list(COLUMNS[:8]), index=[str(row) for row in range(len(rows))])
    names = pd.DataFrame(var, index=[f"{item['variant_scorer']} {item['name']}" for item in var])
    made = _anndata(_filled(rows, rows, len(columns)), obs, names)
    if ranks:
        made.layers["quantiles"] = _filled(rows, ranks, len(columns))
    return made


def _filled(rows: Iterable[Any], cells: dict[Any, _Cells], width: int) -> np.ndarray[Any, Any]:
    keys = list(rows)
    filled = np.full((len(keys), width), np.nan, np.float32)
    for row, key in zip(filled, keys, strict=True):
        for first, values in cells.get(key, ()):
            row[first : first + len(values)] = values
    return filled


def _anndata(values: np.ndarray[Any, Any], obs: DataFrame, var: DataFrame) -> AnnData:
    from anndata import AnnData

    made: AnnData = AnnData(np.ascontiguousarray(values), obs=obs, var=var)
    return made


def _var(tracks: Iterable[Track]) -> DataFrame:
    import pandas as pd

    table = pd.DataFrame([_track(track) for track in tracks])
    table.index = table.index.map(str)
    return table


def _track(track: Track) -> dict[str, str]:
    """The SDK's names of what we know of a track; `title` is ours."""
    return {
        "name": track.key,
        "strand": track.strand,
        "Assay title": track.assay,
        "biosample_name": track.biosample,
        "data_source": track.source,
        "title": track.name,
    }
