"""MethodPDERS: the densities of signal and background in a box around each event."""
