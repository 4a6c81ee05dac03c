import { hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

// The key of this installation. Everything personal the agent keeps is sealed with keys derived
// from 32 random bytes in a file that only the agent's user can read; a file others could read is
// refused, because then the seal is worth nothing.

export const KEY_BYTES = 32
const OTHERS_MASK = 0o077

/** The key file cannot be trusted or read. The message says what to do, in Chinese. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
}

/** Reads the key, making it first when there is none. Throws KeyFileError on wide permissions. */
export function loadKeyFile(path: string): Buffer {
  createKeyFile(path)
  const file = openSync(path, 'r')
  try {
    const mode = fstatSync(file).mode
    if (process.platform !== 'win32' && (mode & OTHERS_MASK) !== 0)
      throw new KeyFileError(`密钥文件 ${path} 权限过宽，请执行：chmod 600 "${path}"`)
    const key = readFileSync(file)
    if (key.length !== KEY_BYTES) throw new KeyFileError(`密钥文件 ${path} 已损坏，长度不对`)
    return key
  } finally {
    closeSync(file)
  }
}

/** A key for one purpose, derived by HKDF-SHA-256 (RFC 5869). */
export function deriveKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `huike-agent/${purpose}`, KEY_BYTES))
}

function createKeyFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  try {
    writeSync(file, randomBytes(KEY_BYTES))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
