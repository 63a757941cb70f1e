import ctypes as c
class Head(c.BigEndianStructure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("magic", c.c_uint32), ("kind", c.c_uint8), ("size", c.c_uint16), ("pair", c.c_int16 * 2)]
h = Head(0x01020304, 5, 0x0607, (1, -2))
print(bytes(h), c.sizeof(h), Head.size.offset, list(h.pair))
class U(c.Union):
    _fields_ = [("i", c.c_uint32), ("f", c.c_float)]
u = U(); u.f = 1.0
print(hex(u.i), c.sizeof(U))
class Bits(c.Structure):
    _fields_ = [("a", c.c_uint8, 3), ("b", c.c_uint8, 5)]
b = Bits(5, 17)
print(bytes(b), b.a, b.b)
print(c.sizeof(c.c_uint64), c.sizeof(c.c_int32 * 7), c.c_uint8(300).value, c.c_int16(40000).value)
buf = c.create_string_buffer(b"abc", 6)
print(buf.raw, buf.value, c.string_at(buf, 2))
x = c.c_int32(7); p = c.pointer(x); p.contents.value = 9
print(x.value, c.cast(p, c.POINTER(c.c_uint8))[0], Head.from_buffer_copy(bytes(h)).size)
try:
    h.size = "x"
except TypeError as e:
    print(e)
