from concurrent.futures import ThreadPoolExecutor, as_completed
with ThreadPoolExecutor(max_workers=2) as pool:
    print(list(pool.map(lambda x: x ** 2, range(5))))
    f = pool.submit(int, "x")
    print(type(f.exception()).__name__, f.done())
    print(sorted(f.result() for f in as_completed([pool.submit(pow, 2, n) for n in range(4)])))
