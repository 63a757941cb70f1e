import type { HostImports, PyodideModule } from "./emscripten.ts";

/**
 * Where C keeps the time zone: `timezone`, `daylight` and the two names. C fills them once, which in a
 * snapshot has happened, with the zone of the machine that made it; so the addresses are remembered.
 */
export type TimeZoneSlots = readonly [timezone: number, daylight: number, standardName: number, daylightName: number];

export interface TimeZoneMemory {
  readonly imports: HostImports;
  /** Null until C has asked for its time zone. */
  slots(): TimeZoneSlots | null;
}

export function timeZoneMemory(module: () => PyodideModule): TimeZoneMemory {
  let slots: TimeZoneSlots | null = null;
  return {
    slots: () => slots,
    imports: {
      _tzset_js(timezone: number, daylight: number, standardName: number, daylightName: number) {
        slots = [timezone >>> 0, daylight >>> 0, standardName >>> 0, daylightName >>> 0];
        writeTimeZone(module(), slots, "UTC");
      },
    },
  };
}

/** Makes `zone`, an IANA name, the time zone of JavaScript and of C. */
export function setTimeZone(module: PyodideModule, slots: TimeZoneSlots | null, zone: string): void {
  process.env["TZ"] = zone;
  if (slots !== null) writeTimeZone(module, slots, zone);
}

const NAME_BYTES = 17;

function writeTimeZone(module: PyodideModule, slots: TimeZoneSlots, zone: string): void {
  const year = new Date().getFullYear();
  const [january, july] = [new Date(year, 0, 1), new Date(year, 6, 1)];
  const [winter, summer] = [january.getTimezoneOffset(), july.getTimezoneOffset()];
  const southern = winter < summer;
  module.HEAP32[slots[0] >> 2] = Math.max(winter, summer) * 60;
  module.HEAP32[slots[1] >> 2] = Number(winter !== summer);
  writeName(module, slots[2], abbreviation(zone, southern ? july : january));
  writeName(module, slots[3], abbreviation(zone, southern ? january : july));
}

function writeName(module: PyodideModule, address: number, name: string): void {
  module.HEAPU8.fill(0, address, address + NAME_BYTES);
  module.HEAPU8.set(new TextEncoder().encode(name).subarray(0, NAME_BYTES - 1), address);
}

/** Each locale knows the zones' abbreviations that its own people use. */
const LOCALES = ["en-US", "en-GB", "en-AU", "en-CA", "en-IN", "en-NZ", "en-ZA", "ja", "ko", "zh"];

/** `CET`; for a zone that has only a number, as the zone database writes it: `-03`, `+0545`. */
function abbreviation(zone: string, date: Date): string {
  if (zone === "UTC") return "UTC";
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }).formatToParts(date);
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{3,5}$/.test(name)) return name;
  }
  const minutes = -date.getTimezoneOffset();
  const digits = (value: number) => String(value).padStart(2, "0");
  const rest = Math.abs(minutes) % 60;
  return `${minutes < 0 ? "-" : "+"}${digits(Math.floor(Math.abs(minutes) / 60))}${rest === 0 ? "" : digits(rest)}`;
}
