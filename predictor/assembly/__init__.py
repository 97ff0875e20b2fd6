"""Files in which assemblies are published: sequences, genes, bands, names of chromosomes."""
