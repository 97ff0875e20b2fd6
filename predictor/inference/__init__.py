"""The network as it is run: AlphaGenome's weights folded once, channels last, only what is asked for.

predictor.model holds the same network as it is read and trained; `fold` turns one into the other, and the tests hold both to
the official numbers. Letters in shapes as there; every array is [B, positions, C] and heads give [B, T, positions].
"""
