import asyncio
async def main(a):
    await asyncio.sleep(0.001)
    return a * 2
print(asyncio.run(main(21)))
try:
    asyncio.get_running_loop()
except RuntimeError as e:
    print(e)
