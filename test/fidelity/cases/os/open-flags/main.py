import os
print(sorted(e for e in ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "O_EXCL", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "SEEK_SET", "F_OK", "R_OK") if hasattr(os, e)))
print(os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_EXCL, os.O_TRUNC, os.O_APPEND, os.O_NONBLOCK)
print(os.access("/tmp", os.W_OK), os.access("/no/such", os.F_OK), os.path.ismount("/"))
