import errno, os
for n in range(0, 134):
    print(n, errno.errorcode.get(n), os.strerror(n))
