import random
r = random.Random(42)
print(r.random(), r.randint(1, 100), r.choice("abcdef"), r.sample(range(100), 5), r.gauss(0, 1))
x = list(range(10)); r.shuffle(x); print(x, r.getrandbits(40), r.choices("ab", [1, 9], k=5), random.Random("text").random())
