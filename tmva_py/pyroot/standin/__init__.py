"""What booking and application scripts touch of ROOT, in Python: one idea, one file."""
