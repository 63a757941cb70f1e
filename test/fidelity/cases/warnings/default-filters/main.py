import warnings
warnings.warn("shown once per place")
warnings.warn("deprecated in main is shown", DeprecationWarning)
warnings.warn("pending is not", PendingDeprecationWarning)
for i in range(3):
    warnings.warn("same place")
import old
old.call()
