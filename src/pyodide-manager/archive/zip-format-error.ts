/** Bytes that are no archive, or a broken one. `message` is a clause: "its directory is cut off". */
export class ZipFormatError extends Error {}
