/**
 * Error numbers on both sides. Emscripten's libc, all C code and Emscripten's JavaScript count errors as WASI
 * does; Python must see Linux's numbers and glibc's messages. `scripts/wasm/errno.ts` patches CPython to
 * translate where an OSError is built, with the tables that are installed here.
 */
export function installErrnoTables(module: EmscriptenHeap): void {
  const messages = ERRORS.map(([, , message]) => new TextEncoder().encode(`${message}\0`));
  const textBytes = messages.reduce((sum, text) => sum + text.length, 0);
  const bytesNeeded = ERRNO_TABLE_LENGTH + 4 * MESSAGE_COUNT + textBytes + REASON_BYTES;
  const numbers = module._malloc(bytesNeeded);
  if (numbers === 0) throw new Error("no memory for the errno tables");
  const pointers = numbers + ERRNO_TABLE_LENGTH;
  // After malloc: it may have grown the memory and replaced both views.
  const { HEAPU8, HEAPU32 } = module;
  for (let wasi = 0; wasi < ERRNO_TABLE_LENGTH; wasi++) HEAPU8[numbers + wasi] = linuxErrno(wasi);
  let text = pointers + 4 * MESSAGE_COUNT;
  for (const [number, message] of messages.entries()) {
    HEAPU32[pointers / 4 + number] = text;
    HEAPU8.set(message, text);
    text += message.length;
  }
  HEAPU32[ERRNO_TABLE_POINTER / 4] = numbers;
  HEAPU32[MESSAGE_TABLE_POINTER / 4] = pointers;
  HEAPU32[REASON_POINTER / 4] = text;
}

/**
 * Makes the message of one error say why, until what this returns is called: the next OSError with this number is the
 * one that the broker gave the reason for.
 */
export function showReason(module: EmscriptenHeap, name: string, reason: string): () => void {
  const number = numberOf(name);
  const heap = module.HEAPU32;
  const slot = ((heap[MESSAGE_TABLE_POINTER / 4] ?? 0) + 4 * number) / 4;
  const [usual, text] = [heap[slot], heap[REASON_POINTER / 4]];
  if (number < 0 || usual === undefined || !text) return () => {};
  const words = new TextEncoder().encode(`${ERRORS[number]?.[2]}: ${reason}`).subarray(0, REASON_BYTES - 1);
  module.HEAPU8.set(words, text);
  module.HEAPU8[text + words.length] = 0;
  heap[slot] = text;
  return () => {
    module.HEAPU32[slot] = usual;
  };
}

export type EmscriptenHeap = {
  readonly HEAPU8: Uint8Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
};

/** Linux's number for one of libc's; one that Linux does not have stays as it is. */
function linuxErrno(wasi: number): number {
  return WASI_TO_LINUX.get(wasi) ?? wasi;
}

/** libc's number for an error's name: what an Emscripten system call must answer. */
export function libcErrno(name: string): number {
  return ERRORS[numberOf(name)]?.[1] || EIO;
}

/** Linux's number for a name, of which two are one error; -1 for none. */
function numberOf(name: string): number {
  const listed = name === "EOPNOTSUPP" ? "ENOTSUP" : name;
  return ERRORS.findIndex(([known]) => known === listed);
}

/** libc's own, for the errors that the cell itself finds. */
export const EACCES = 2;
export const EBADF = 8;
export const EEXIST = 20;
export const EISDIR = 31;
export const ELOOP = 32;
export const ENAMETOOLONG = 37;
export const ENODEV = 43;
export const ENOENT = 44;
export const ENOMEM = 48;
export const EINVAL = 28;
export const EIO = 29;
export const EINTR = 27;
export const ENOSPC = 51;
export const ENOTDIR = 54;
export const ENOTTY = 59;
export const ENXIO = 60;
export const EOPNOTSUPP = 138;

/** Where the patched CPython looks for the tables' addresses: in the first KiB of memory, which nothing uses. */
const REASON_POINTER = 1012;
export const ERRNO_TABLE_POINTER = 1016;
export const MESSAGE_TABLE_POINTER = 1020;
export const ERRNO_TABLE_LENGTH = 256;
/** The longest message with a reason. */
const REASON_BYTES = 1024;

/** Every error, at its Linux number: its name, libc's number for it (0 when libc has none), glibc's message. */
const ERRORS: readonly (readonly [name: string, wasi: number, message: string])[] = [
  ["", 0, "Success"],
  ["EPERM", 63, "Operation not permitted"],
  ["ENOENT", 44, "No such file or directory"],
  ["ESRCH", 71, "No such process"],
  ["EINTR", 27, "Interrupted system call"],
  ["EIO", 29, "Input/output error"],
  ["ENXIO", 60, "No such device or address"],
  ["E2BIG", 1, "Argument list too long"],
  ["ENOEXEC", 45, "Exec format error"],
  ["EBADF", 8, "Bad file descriptor"],
  ["ECHILD", 12, "No child processes"],
  ["EAGAIN", 6, "Resource temporarily unavailable"],
  ["ENOMEM", 48, "Cannot allocate memory"],
  ["EACCES", 2, "Permission denied"],
  ["EFAULT", 21, "Bad address"],
  ["ENOTBLK", 105, "Block device required"],
  ["EBUSY", 10, "Device or resource busy"],
  ["EEXIST", 20, "File exists"],
  ["EXDEV", 75, "Invalid cross-device link"],
  ["ENODEV", 43, "No such device"],
  ["ENOTDIR", 54, "Not a directory"],
  ["EISDIR", 31, "Is a directory"],
  ["EINVAL", 28, "Invalid argument"],
  ["ENFILE", 41, "Too many open files in system"],
  ["EMFILE", 33, "Too many open files"],
  ["ENOTTY", 59, "Inappropriate ioctl for device"],
  ["ETXTBSY", 74, "Text file busy"],
  ["EFBIG", 22, "File too large"],
  ["ENOSPC", 51, "No space left on device"],
  ["ESPIPE", 70, "Illegal seek"],
  ["EROFS", 69, "Read-only file system"],
  ["EMLINK", 34, "Too many links"],
  ["EPIPE", 64, "Broken pipe"],
  ["EDOM", 18, "Numerical argument out of domain"],
  ["ERANGE", 68, "Numerical result out of range"],
  ["EDEADLOCK", 16, "Resource deadlock avoided"],
  ["ENAMETOOLONG", 37, "File name too long"],
  ["ENOLCK", 46, "No locks available"],
  ["ENOSYS", 52, "Function not implemented"],
  ["ENOTEMPTY", 55, "Directory not empty"],
  ["ELOOP", 32, "Too many levels of symbolic links"],
  ["", 0, "Unknown error 41"],
  ["ENOMSG", 49, "No message of desired type"],
  ["EIDRM", 24, "Identifier removed"],
  ["ECHRNG", 106, "Channel number out of range"],
  ["EL2NSYNC", 156, "Level 2 not synchronized"],
  ["EL3HLT", 107, "Level 3 halted"],
  ["EL3RST", 108, "Level 3 reset"],
  ["ELNRNG", 109, "Link number out of range"],
  ["EUNATCH", 110, "Protocol driver not attached"],
  ["ENOCSI", 111, "No CSI structure available"],
  ["EL2HLT", 112, "Level 2 halted"],
  ["EBADE", 113, "Invalid exchange"],
  ["EBADR", 114, "Invalid request descriptor"],
  ["EXFULL", 115, "Exchange full"],
  ["ENOANO", 104, "No anode"],
  ["EBADRQC", 103, "Invalid request code"],
  ["EBADSLT", 102, "Invalid slot"],
  ["", 0, "Unknown error 58"],
  ["EBFONT", 101, "Bad font file format"],
  ["ENOSTR", 100, "Device not a stream"],
  ["ENODATA", 116, "No data available"],
  ["ETIME", 117, "Timer expired"],
  ["ENOSR", 118, "Out of streams resources"],
  ["ENONET", 119, "Machine is not on the network"],
  ["ENOPKG", 120, "Package not installed"],
  ["EREMOTE", 121, "Object is remote"],
  ["ENOLINK", 47, "Link has been severed"],
  ["EADV", 122, "Advertise error"],
  ["ESRMNT", 123, "Srmount error"],
  ["ECOMM", 124, "Communication error on send"],
  ["EPROTO", 65, "Protocol error"],
  ["EMULTIHOP", 36, "Multihop attempted"],
  ["EDOTDOT", 125, "RFS specific error"],
  ["EBADMSG", 9, "Bad message"],
  ["EOVERFLOW", 61, "Value too large for defined data type"],
  ["ENOTUNIQ", 126, "Name not unique on network"],
  ["EBADFD", 127, "File descriptor in bad state"],
  ["EREMCHG", 128, "Remote address changed"],
  ["ELIBACC", 129, "Can not access a needed shared library"],
  ["ELIBBAD", 130, "Accessing a corrupted shared library"],
  ["ELIBSCN", 131, ".lib section in a.out corrupted"],
  ["ELIBMAX", 132, "Attempting to link in too many shared libraries"],
  ["ELIBEXEC", 133, "Cannot exec a shared library directly"],
  ["EILSEQ", 25, "Invalid or incomplete multibyte or wide character"],
  ["ERESTART", 134, "Interrupted system call should be restarted"],
  ["ESTRPIPE", 135, "Streams pipe error"],
  ["EUSERS", 136, "Too many users"],
  ["ENOTSOCK", 57, "Socket operation on non-socket"],
  ["EDESTADDRREQ", 17, "Destination address required"],
  ["EMSGSIZE", 35, "Message too long"],
  ["EPROTOTYPE", 67, "Protocol wrong type for socket"],
  ["ENOPROTOOPT", 50, "Protocol not available"],
  ["EPROTONOSUPPORT", 66, "Protocol not supported"],
  ["ESOCKTNOSUPPORT", 137, "Socket type not supported"],
  ["ENOTSUP", 138, "Operation not supported"],
  ["EPFNOSUPPORT", 139, "Protocol family not supported"],
  ["EAFNOSUPPORT", 5, "Address family not supported by protocol"],
  ["EADDRINUSE", 3, "Address already in use"],
  ["EADDRNOTAVAIL", 4, "Cannot assign requested address"],
  ["ENETDOWN", 38, "Network is down"],
  ["ENETUNREACH", 40, "Network is unreachable"],
  ["ENETRESET", 39, "Network dropped connection on reset"],
  ["ECONNABORTED", 13, "Software caused connection abort"],
  ["ECONNRESET", 15, "Connection reset by peer"],
  ["ENOBUFS", 42, "No buffer space available"],
  ["EISCONN", 30, "Transport endpoint is already connected"],
  ["ENOTCONN", 53, "Transport endpoint is not connected"],
  ["ESHUTDOWN", 140, "Cannot send after transport endpoint shutdown"],
  ["ETOOMANYREFS", 141, "Too many references: cannot splice"],
  ["ETIMEDOUT", 73, "Connection timed out"],
  ["ECONNREFUSED", 14, "Connection refused"],
  ["EHOSTDOWN", 142, "Host is down"],
  ["EHOSTUNREACH", 23, "No route to host"],
  ["EALREADY", 7, "Operation already in progress"],
  ["EINPROGRESS", 26, "Operation now in progress"],
  ["ESTALE", 72, "Stale file handle"],
  ["EUCLEAN", 143, "Structure needs cleaning"],
  ["ENOTNAM", 144, "Not a XENIX named type file"],
  ["ENAVAIL", 145, "No XENIX semaphores available"],
  ["EISNAM", 146, "Is a named type file"],
  ["EREMOTEIO", 147, "Remote I/O error"],
  ["EDQUOT", 19, "Disk quota exceeded"],
  ["ENOMEDIUM", 148, "No medium found"],
  ["EMEDIUMTYPE", 149, "Wrong medium type"],
  ["ECANCELED", 11, "Operation canceled"],
  ["ENOKEY", 150, "Required key not available"],
  ["EKEYEXPIRED", 151, "Key has expired"],
  ["EKEYREVOKED", 152, "Key has been revoked"],
  ["EKEYREJECTED", 153, "Key was rejected by service"],
  ["EOWNERDEAD", 62, "Owner died"],
  ["ENOTRECOVERABLE", 56, "State not recoverable"],
  ["ERFKILL", 154, "Operation not possible due to RF-kill"],
  ["EHWPOISON", 155, "Memory page has hardware error"],
];

export const MESSAGE_COUNT = ERRORS.length;

/** Python's errno.errorcode. */
export const ERROR_NAMES: ReadonlyMap<number, string> = new Map(
  ERRORS.flatMap(([name], number): [number, string][] => (name ? [[number, name]] : [])),
);

const WASI_ENOTCAPABLE = 76;
const EPERM = 1;

export const WASI_TO_LINUX: ReadonlyMap<number, number> = new Map([
  [WASI_ENOTCAPABLE, EPERM],
  ...ERRORS.flatMap(([, wasi], linux): [number, number][] => (wasi ? [[wasi, linux]] : [])),
]);
