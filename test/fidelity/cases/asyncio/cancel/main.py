import asyncio
async def worker():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print("cancelled", e.args)
        raise
    finally:
        print("clean up")
async def main():
    t = asyncio.create_task(worker(), name="w")
    await asyncio.sleep(0)
    print(t.cancel("enough"))
    try:
        await t
    except asyncio.CancelledError:
        print(t.cancelled(), t.get_name())
asyncio.run(main())
