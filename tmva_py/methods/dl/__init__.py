"""The deep-learning method, MethodDL: its options, its training strategy and the method itself."""
