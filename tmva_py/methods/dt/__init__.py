"""MethodDT: one decision tree."""
