import asyncio
async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_later(0.06, done.set_result, "late")
    loop.call_later(0.03, print, "middle")
    loop.call_soon(print, "soon")
    t0 = loop.time()
    print(await done, loop.time() - t0 >= 0.055)
asyncio.run(main())
