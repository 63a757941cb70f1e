import hashlib
print(hashlib.pbkdf2_hmac("sha256", b"woma", b"salt", 10).hex())
print(hashlib.scrypt(b"woma", salt=b"s", n=2, r=1, p=1).hex())
