import warnings
warnings.showwarning = lambda message, category, filename, lineno, file=None, line=None: print(category.__name__, message, lineno)
warnings.warn("custom")
