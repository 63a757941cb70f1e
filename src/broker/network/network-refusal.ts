/** What the policy does not allow. The reason names the flag that refuses it, or that would allow it. */
export class NetworkRefusal extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}
