import os
print(os.strerror(200), os.strerror(-1), os.strerror(9999))
