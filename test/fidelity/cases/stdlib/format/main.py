print(f"{3.14159:.2f} {1e10:g} {255:#x} {255:08b} {1234567:,} {1234567:_} {0.5:%} {'x':^7}| {-5:+} {1e-5} {1e16} {1e15:} {5!r:>4}")
print("%5.1f|%-5s|%05d|%x|%e|%r|%c" % (3.14159, "ab", 42, 255, 12345.678, "q", 65))
print("{0[a]} {1.real} {name!s:*^9}".format({"a": 1}, 3j, name="mid"))
print(round(2.5), round(-0.5), round(2.675, 2), 0.1 + 0.2, 1 / 3, 1e308 * 10, -0.0, 5e-324, 2 ** 0.5, 1e22, 123456789.123456789)
print(int("0x1f", 16), 7 // -2, -7 % 3, divmod(-7, 2), 2 ** 100, (1 << 64) - 1, hex(-255), int.from_bytes(b"\xff\x00", "big", signed=True), (258).to_bytes(3, "little"))
print(complex("1+2j") ** 2, 1j * 1j, abs(3 + 4j), float("1_000.5"), float.fromhex("0x1.8p3"), (0.1).hex(), "ß".upper(), "İ".lower(), "ǆ".title(), "a\tb".expandtabs(4))
import math
print(math.pi, math.sin(1), math.exp(1), math.log(10), math.gamma(5.5), math.hypot(3, 4), math.comb(50, 25), math.isqrt(10**20), math.fsum([0.1] * 10), math.nextafter(1, 2), math.fma(2, 3, 4))
