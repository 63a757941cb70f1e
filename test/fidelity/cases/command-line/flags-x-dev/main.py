import sys, warnings
print(sys.flags.dev_mode, sys.warnoptions)
def leak():
    open(__file__)
leak()
warnings.warn("old", DeprecationWarning)
