import warnings
def call():
    warnings.warn("deprecated elsewhere is hidden", DeprecationWarning)
    warnings.warn("points at the caller", UserWarning, stacklevel=2)
