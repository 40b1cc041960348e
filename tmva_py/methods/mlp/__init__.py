"""MethodMLP: multilayer perceptrons."""
