import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { isUlid } from '@huike/shared/ids'
import { TableError } from './table/table-error.js'
import type { TableSource } from './table/table-source.js'

// Uploaded files on the disk of the server. They are full of phone numbers, so not a byte lies there
// in clear: chunks under AES-256-GCM with a key of the file's own, which the job's row holds sealed.
// A chunk is bound to its file and its place; without the row the file is noise.

const MODE_PRIVATE = 0o600
const MODE_PRIVATE_FOLDER = 0o700
const FOLDER = 'imports'
const ENDING = '.sealed'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CHUNK_BYTES = 65_536
const SEALED_CHUNK_BYTES = NONCE_BYTES + CHUNK_BYTES + TAG_BYTES

/** What is known of a file once it is whole. */
export interface SpooledFile {
  key: Buffer
  byteLength: number
  /** SHA-256 of the clear bytes, in hex. */
  sha256: string
}

/**
 * Writes what streams in, sealed, and brings it to the disk. Throws TableError `file_too_large` as
 * soon as more than `bytesMax` came; then, and when the stream fails, nothing is left behind.
 */
export async function spool(
  dataDirectory: string,
  id: string,
  body: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<SpooledFile> {
  const folder = join(dataDirectory, FOLDER)
  await mkdir(folder, { recursive: true, mode: MODE_PRIVATE_FOLDER })
  const path = pathOf(dataDirectory, id)
  const handle = await open(path, 'wx', MODE_PRIVATE)
  const key = randomBytes(KEY_BYTES)
  try {
    const written = await writeChunks(handle, { id, key, body, bytesMax })
    await handle.sync()
    await handle.close()
    return { key, ...written }
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(path, { force: true })
    throw error
  }
}

async function writeChunks(
  handle: FileHandle,
  from: { id: string; key: Buffer; body: AsyncIterable<Uint8Array>; bytesMax: number },
): Promise<Omit<SpooledFile, 'key'>> {
  const hash = createHash('sha256')
  const pending = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  let index = 0
  let byteLength = 0
  const flush = async () => {
    await handle.appendFile(sealed(pending.subarray(0, filled), from.key, placeOf(from.id, index)))
    index += 1
    filled = 0
  }
  for await (const part of from.body) {
    byteLength += part.length
    if (byteLength > from.bytesMax) throw new TableError('file_too_large')
    hash.update(part)
    for (let at = 0; at < part.length;) {
      const taken = Math.min(part.length - at, CHUNK_BYTES - filled)
      pending.set(part.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled === CHUNK_BYTES) await flush()
    }
  }
  if (filled > 0) await flush()
  return { byteLength, sha256: hash.digest('hex') }
}

/** A spooled file, open for reading. */
export class SealedFile implements TableSource {
  private constructor(
    private readonly handle: FileHandle,
    private readonly id: string,
    private readonly key: Buffer,
    readonly byteLength: number,
  ) {}

  /** Opens the file of an import; null when it is not on this machine. */
  static async open(
    dataDirectory: string,
    id: string,
    file: Pick<SpooledFile, 'key' | 'byteLength'>,
  ): Promise<SealedFile | null> {
    try {
      const handle = await open(pathOf(dataDirectory, id), 'r')
      return new SealedFile(handle, id, file.key, file.byteLength)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  stream(start: number, end: number): Readable {
    return Readable.from(this.#bytes(start, Math.min(end, this.byteLength)), { objectMode: false })
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  async *#bytes(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end;) {
      const index = Math.floor(at / CHUNK_BYTES)
      const chunk = await this.#chunk(index)
      const from = at - index * CHUNK_BYTES
      const part = chunk.subarray(from, Math.min(chunk.length, from + end - at))
      yield part
      at += part.length
    }
  }

  async #chunk(index: number): Promise<Buffer> {
    const length = Math.min(CHUNK_BYTES, this.byteLength - index * CHUNK_BYTES)
    const bytes = Buffer.allocUnsafe(NONCE_BYTES + length + TAG_BYTES)
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, index * SEALED_CHUNK_BYTES)
    if (bytesRead !== bytes.length) throw new TableError('file_truncated', '服务器上的文件已损坏')
    return opened(bytes, this.key, placeOf(this.id, index))
  }
}

/** Removes the file of an import; nothing there is fine. */
export async function removeSpooled(dataDirectory: string, id: string): Promise<void> {
  await rm(pathOf(dataDirectory, id), { force: true })
}

/** The imports that have a file here. */
export async function spooledHere(dataDirectory: string): Promise<string[]> {
  try {
    const names = await readdir(join(dataDirectory, FOLDER))
    return names
      .filter((name) => name.endsWith(ENDING))
      .map((name) => name.slice(0, -ENDING.length))
      .filter(isUlid)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function pathOf(dataDirectory: string, id: string): string {
  return join(dataDirectory, FOLDER, id + ENDING)
}

function placeOf(id: string, index: number): Buffer {
  return Buffer.from(`import.file|${id}|${String(index)}`)
}

function sealed(clear: Buffer, key: Buffer, place: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(place)
  return Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()])
}

function opened(bytes: Buffer, key: Buffer, place: Buffer): Buffer {
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(place)
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  try {
    const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()])
  } catch {
    throw new TableError('file_truncated', '服务器上的文件已损坏')
  }
}
