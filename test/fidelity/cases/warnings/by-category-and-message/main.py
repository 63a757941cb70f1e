import sys, warnings
print(sys.warnoptions)
warnings.warn("other")
warnings.warn("d", DeprecationWarning)
warnings.warn("exactly this")
