/** What holds on this machine, where the architectures differ. */
export function byArchitecture<T>(choice: { readonly x64: T; readonly arm64: T }): T {
  return process.arch === "arm64" ? choice.arm64 : choice.x64;
}
