import errno
for n in (errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EPIPE, errno.ECHILD, errno.EINTR, errno.EAGAIN, errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.ESRCH, errno.EINVAL):
    print(n, repr(OSError(n, "text")), OSError(n, "text", "f", None, "g"))
