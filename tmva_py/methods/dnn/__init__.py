"""The old MethodDNN of ROOT 6.08 to 6.20: its weight files are read and evaluated."""
