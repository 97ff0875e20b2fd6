"""AlphaGenome as Google runs it, asked over the network with a person's own key, through the SDK `alphagenome`."""
