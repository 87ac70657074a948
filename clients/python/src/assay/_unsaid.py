"""Defaults of arguments that assay.toml may replace, told from the same text said on purpose by their identity."""


class _Unsaid(str):
    pass


AUTO = _Unsaid("auto")  #: the environment, where nobody says which
LOCK = _Unsaid("assay.lock")  #: the lock file, where nobody says which
