"""AlphaGenome's network (Avsec et al., Nature 2026) in torch, driven by a config; file names are the paper's parts.

Letters in shapes: B batch, S bp, L 128-bp bins, P 2,048-bp bins, C channels, T tracks, H heads, D channels of a head.
"""
