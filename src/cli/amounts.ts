const KILOBYTE = 1000;
const MEGABYTE = 1000 * 1000;

/** `812 bytes`, `45 kB`, `2.9 MB`, `412 MB`; a MB of a download is a million bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < KILOBYTE) return bytes === 1 ? "1 byte" : `${Math.round(bytes)} bytes`;
  if (bytes < MEGABYTE) return `${Math.round(bytes / KILOBYTE)} kB`;
  return `${formatMegabytes(bytes)} MB`;
}

/** One decimal, up to where nobody reads it. */
export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / MEGABYTE;
  return megabytes < 99.95 ? megabytes.toFixed(1) : megabytes.toFixed(0);
}

/** `7 s`, `3 min 05 s`, `1 h 02 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60)];
  if (minutes === 0) return `${whole} s`;
  if (hours === 0) return `${minutes} min ${twoDigits(whole % 60)} s`;
  return `${hours} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(number: number): string {
  return `${number}`.padStart(2, "0");
}

/** `1 package`, `2 packages`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
