// A thread of a bare loop: the peer where several threads send.

import { workerData } from 'node:worker_threads'
import { runBare, type BareLoad } from './bare.ts'

const { body, ...load } = workerData as Omit<BareLoad, 'body' | 'times'> & { readonly body: string }
const bytes = Buffer.from(body)
await runBare({ ...load, body: () => bytes })
