"""What ``DataLoader`` is made of: the calls by what they add, over one state.

`state` holds what has been given. Above it: `variables`, `trees`, `events`, `weights_and_cuts`, `splitting`,
`arrays`, `folds`, and `views` for what is known of the data set.
"""
