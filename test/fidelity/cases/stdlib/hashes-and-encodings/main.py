import hashlib, hmac, base64, binascii, zlib, bz2, lzma, gzip, struct, uuid, secrets, codecs
b = b"woma"
print(hashlib.md5(b).hexdigest(), hashlib.sha256(b).hexdigest(), hashlib.blake2s(b).hexdigest(), hashlib.sha3_256(b).hexdigest(), hashlib.new("sha1", b).hexdigest(), sep="\n")
print(hmac.new(b"k", b, "sha256").hexdigest())
print(base64.b64encode(b), base64.b85encode(b), binascii.hexlify(b), binascii.crc32(b), zlib.adler32(b), base64.urlsafe_b64decode(b"-_8="))
for m in (zlib, bz2, lzma, gzip):
    print(m.__name__, m.decompress(m.compress(b * 100)) == b * 100)
print(struct.pack("<IhB3s", 1, -2, 3, b"ab"), struct.unpack(">d", bytes(8)), struct.calcsize("<qIH"), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), len(secrets.token_hex(4)), codecs.encode("abc", "rot13"))
for f in (lambda: zlib.decompress(b"x"), lambda: base64.b64decode("a"), lambda: struct.unpack("<I", b"x"), lambda: hashlib.new("nope"), lambda: bytes.fromhex("zz"), lambda: gzip.decompress(b"abcdef")):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
