"""What a change of the sequence does, as numbers: AlphaGenome's scorers, run by the engine's exact local path."""
