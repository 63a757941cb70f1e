import asyncio
async def bad():
    raise ValueError("nobody looks")
async def main():
    t = asyncio.create_task(bad(), name="bad-task")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del t
asyncio.run(main())
