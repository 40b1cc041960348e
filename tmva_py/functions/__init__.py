"""Functions that networks are made of: activations, losses, initialisers, optimisers, outputs."""
