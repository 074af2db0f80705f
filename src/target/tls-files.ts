// Certificates and keys that client options name, as their content: other nodes do not have the files.

import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { messageOf, systemCode } from '../core/errors.ts'
import type { ClientOptionReader } from './client-option-reader.ts'
import type { TargetSecrets } from './connection-options.ts'

export interface TlsFiles {
  readonly caPem: string | null
  readonly secrets: Omit<TargetSecrets, 'authorization' | 'hostAuthorizations'>
}

export function tlsFiles(reader: ClientOptionReader): TlsFiles {
  const has = (key: string): boolean => reader.has(key)
  if (has('client_cert') !== has('client_key')) {
    const [given, lacking] = has('client_cert') ? ['client_cert', 'client_key'] : ['client_key', 'client_cert']
    reader.problems.push(`client option [${given}] needs [${lacking}] (or use client_p12 for both in one file)`)
  }
  if (has('client_cert') && has('client_p12')) reader.problems.push('client options [client_cert] and [client_p12] exclude each other')
  return {
    caPem: pem(reader, 'ca_certs', 'CERTIFICATE'),
    secrets: {
      clientCertPem: pem(reader, 'client_cert', 'CERTIFICATE'),
      clientKeyPem: pem(reader, 'client_key', 'PRIVATE KEY'),
      clientP12Base64: content(reader, 'client_p12')?.toString('base64') ?? null,
      passphrase: reader.text('client_p12_password') ?? reader.text('client_key_password')
    }
  }
}

function pem(reader: ClientOptionReader, key: string, what: string): string | null {
  const text = content(reader, key)?.toString('latin1') ?? null
  if (text === null || new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text)) return text
  reader.problems.push(`client option [${key}]: ${reader.text(key)} holds no ${what.toLowerCase()} in PEM form`)
  return null
}

function content(reader: ClientOptionReader, key: string): Buffer | null {
  const path = reader.text(key)
  if (path === null) return null
  try {
    return readFileSync(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  } catch (error) {
    const why = WHY[systemCode(error) ?? ''] ?? messageOf(error)
    reader.problems.push(`client option [${key}]: ${path} ${why}`)
    return null
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read',
  EISDIR: 'is a folder'
}
