import sys, warnings
print(sys.warnoptions)
try:
    warnings.warn("a", UserWarning)
except UserWarning as e:
    print("raised", e)
warnings.warn("b", RuntimeWarning)
