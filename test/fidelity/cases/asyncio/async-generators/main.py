import asyncio
async def ticks():
    try:
        for i in range(10):
            yield i
            await asyncio.sleep(0)
    finally:
        print("generator closed")
async def main():
    async for i in ticks():
        if i == 2:
            break
    print([x async for x in ticks() if x % 4 == 0])
asyncio.run(main())
print("loop over")
