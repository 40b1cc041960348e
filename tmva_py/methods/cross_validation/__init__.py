"""CrossValidation: the methods of all folds as one."""
