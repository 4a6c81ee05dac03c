import { Transform } from 'node:stream'
import { TableError } from './table-error.js'
import { RATIO_FREE_BYTES, UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX } from './table-source.js'

/** Counts what comes out of an unpacker, over all parts of one file. */
export class UnpackLimit {
  #unpackedBytes = 0

  constructor(private readonly packedBytes: number) {}

  /** Counts `bytes` more; throws TableError when it is too much in all or for what was packed. */
  take(bytes: number): void {
    this.#unpackedBytes += bytes
    const isBomb =
      this.#unpackedBytes > RATIO_FREE_BYTES &&
      this.#unpackedBytes > this.packedBytes * UNPACKED_RATIO_MAX
    if (isBomb || this.#unpackedBytes > UNPACKED_BYTES_MAX)
      throw new TableError('file_over_limits', '文件解压后大得不正常，已停止读取')
  }

  /** The same as a step of a stream. */
  asStream(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        try {
          this.take(chunk.length)
          done(null, chunk)
        } catch (error) {
          done(error as Error)
        }
      },
    })
  }
}
