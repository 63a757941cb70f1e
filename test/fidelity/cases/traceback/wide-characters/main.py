é = "日本語"
print(é, "日本語".index("漢"), "tail")
