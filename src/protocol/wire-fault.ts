/** What a peer may not do: said to it in one line, and the end of the connection. */
export class WireFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WireFault'
  }
}
