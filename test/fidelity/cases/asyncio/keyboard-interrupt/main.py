import asyncio, signal
async def main():
    try:
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        print("main was cancelled")
        raise
try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("and KeyboardInterrupt came out")
