const KILOBYTE = 1024;
const MEGABYTE = 1024 * 1024;

/** `812 bytes`, `45 kB`, `2.9 MB`, `412 MB`; a MB is 1024 × 1024 bytes here, as for the flags. */
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

/** `0:07`, `12:34`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = `${whole % 60}`.padStart(2, "0");
  return hours > 0 ? `${hours}:${`${minutes}`.padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** `1 package`, `2 packages`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
