ﬁ = 1
print(fi, "\N{GREEK SMALL LETTER ALPHA}", ascii("ﬁ"), "𝔘𝔫𝔦".isidentifier())
𝔛 = 2
print(X, locals().get("X"))
