import asyncio, signal
async def main():
    loop = asyncio.get_running_loop()
    hit = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, hit.set)
    signal.raise_signal(signal.SIGUSR1)
    await asyncio.wait_for(hit.wait(), 5)
    print("handled", loop.remove_signal_handler(signal.SIGUSR1))
asyncio.run(main())
