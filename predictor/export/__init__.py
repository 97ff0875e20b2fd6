"""Numbers as files that other programs read: bigWig, bedGraph, CSV, Parquet, BED12, cool."""
