"""Genomes: assemblies, chromosomes, genes, and the words people use for places on them."""
