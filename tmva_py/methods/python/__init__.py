"""Methods that other Python packages train: scikit-learn, Keras, PyTorch."""
