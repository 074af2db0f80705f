declare module 'seek-bzip' {
  const bzip2: {
    /** Decodes one stream, byte by byte; throws on what is no bzip2 and on wrong sums. */
    decode(
      input: { readByte(): number; read(to: Uint8Array, offset: number, length: number): number },
      output: { writeByte(byte: number): void }
    ): void
  }
  export = bzip2
}
