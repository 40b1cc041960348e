"""Methods that are a sum over the variables, or a quadratic form of them: Fisher, LD, HMatrix."""
