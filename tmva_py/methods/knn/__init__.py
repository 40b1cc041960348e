"""MethodKNN: the nearest training events answer."""
