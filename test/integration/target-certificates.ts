// Certificates for tests, made by the openssl program: an authority, what it signed, and what it did not.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificates {
  readonly folder: string
  /** Path of a file in the folder. */
  file(name: string): string
  remove(): void
}

export const P12_PASSWORD = 'geheim'

/**
 * Files: ca.pem, other-ca.pem; <name>.pem and <name>.key of server (localhost, 127.0.0.1), expired, misnamed (other.invalid) and
 * client; client.p12 with P12_PASSWORD.
 */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'rally-certificates-'))
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  for (const ca of ['ca', 'other-ca']) {
    const subject = ['-subj', `/CN=rally test ${ca}`, '-days', '3650']
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${ca}.key`, '-out', `${ca}.pem`, ...subject)
  }
  const sign = (name: string, alternatives: string, ...validity: string[]): void => {
    openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${alternatives}\n`)
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`]
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...authority, ...validity)
  }
  sign('server', 'DNS:localhost,IP:127.0.0.1', '-days', '3650')
  sign('expired', 'DNS:localhost,IP:127.0.0.1', '-days', '-1')
  sign('misnamed', 'DNS:other.invalid', '-days', '3650')
  sign('client', 'DNS:client', '-days', '3650')
  openssl('pkcs12', '-export', '-inkey', 'client.key', '-in', 'client.pem', '-out', 'client.p12', '-passout', `pass:${P12_PASSWORD}`)
  openssl('rsa', '-in', 'client.key', '-aes256', '-passout', `pass:${P12_PASSWORD}`, '-out', 'client-locked.key')
  return { folder, file: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
