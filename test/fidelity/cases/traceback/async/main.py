import asyncio
async def inner():
    await asyncio.sleep(0)
    raise ValueError("from a coroutine")
async def outer():
    await inner()
asyncio.run(outer())
