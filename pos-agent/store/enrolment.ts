import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { idSchema } from '@huike/shared/ids'
import { Sealer } from './context.js'

// Who this till is. It has a file of its own, so that a damaged database does not take the till off
// the server's books; the private key in it is sealed.

const FILE = 'enrolment.json'
const PLACE = 'enrolment:private-key'

const enrolmentSchema = z.object({
  terminalId: idSchema('TerminalId'),
  terminalCode: z.string(),
  storeId: idSchema('StoreId'),
  storeCode: z.string(),
  storeName: z.string(),
  timeZone: z.string(),
  serverUrl: z.string(),
  sealedPrivateKey: z.string(),
})

export type Enrolment = Omit<z.infer<typeof enrolmentSchema>, 'sealedPrivateKey'> & {
  /** PKCS #8, PEM. */
  privateKeyPem: string
}

/** Reads the enrolment; null when there is none. Throws when it does not open with this key. */
export function readEnrolment(dataDirectory: string, key: Uint8Array): Enrolment | null {
  let text: string
  try {
    text = readFileSync(join(dataDirectory, FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const { sealedPrivateKey, ...rest } = enrolmentSchema.parse(JSON.parse(text))
  const sealed = Buffer.from(sealedPrivateKey, 'base64url')
  return { ...rest, privateKeyPem: new Sealer(key).open(PLACE, sealed).toString('utf8') }
}

/** Writes the enrolment, whole or not at all, for the agent's user only. */
export function writeEnrolment(dataDirectory: string, key: Uint8Array, enrolment: Enrolment): void {
  const { privateKeyPem, ...rest } = enrolment
  const sealedPrivateKey = new Sealer(key).seal(PLACE, privateKeyPem).toString('base64url')
  const path = join(dataDirectory, FILE)
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, JSON.stringify({ ...rest, sealedPrivateKey }, null, 2))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
}
