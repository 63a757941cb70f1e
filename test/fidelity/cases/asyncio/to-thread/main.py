import asyncio
def square(x, *, plus=0):
    return x * x + plus
def fails():
    raise LookupError("in the executor")
async def main():
    print(await asyncio.to_thread(square, 7, plus=1))
    print(await asyncio.gather(*(asyncio.to_thread(square, n) for n in range(4))))
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, square, 9))
    try:
        await asyncio.to_thread(fails)
    except LookupError as e:
        print(repr(e))
asyncio.run(main())
