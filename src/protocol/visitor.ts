// A stranger's first line.

import type { Socket } from 'node:net'
import { LineSplitter } from '../core/lines.ts'
import type { Hello } from './hello.ts'

const HELLO_LIMIT = 4096

export function readHello(socket: Socket): Promise<Hello> {
  const splitter = new LineSplitter(HELLO_LIMIT)
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      try {
        const [line] = splitter.push(chunk)
        if (line === undefined) return
        release()
        resolve(JSON.parse(line.toString()) as Hello)
      } catch (error) {
        release()
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    const gone = (): void => reject(new Error('gone before its hello'))
    const release = (): void => void socket.off('data', read).off('error', gone).off('close', gone)
    socket.on('data', read).on('error', gone).on('close', gone)
  })
}
