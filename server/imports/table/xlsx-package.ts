import type { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { TableError } from './table-error.js'
import type { TableSource } from './table-source.js'
import { UnpackLimit } from './unpack-limit.js'

// The zip that an .xlsx file is, read where it lies: its directory, and the parts that are asked
// for, as streams. What its directory claims is checked before, what comes out while it comes.

const ENTRIES_MAX = 2_000
/** The small parts: workbook, relations, styles. */
const SMALL_PART_BYTES_MAX = 16 * 1_048_576

/** What a part of XML tells: tags begin and end, text lies between. Names without their prefix. */
export interface XmlEvents {
  open?(name: string, attributes: Record<string, string>): void
  text?(text: string): void
  close?(name: string): void
}

export class XlsxPackage {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly limit: UnpackLimit,
  ) {}

  /** Reads the directory. Throws TableError. */
  static async open(source: TableSource): Promise<XlsxPackage> {
    try {
      const reader = new SourceReader(source)
      const options = { autoClose: false, lazyEntries: true, validateEntrySizes: true }
      const zip = await yauzl.fromRandomAccessReaderPromise(reader, source.byteLength, options)
      if (zip.entryCount > ENTRIES_MAX)
        throw new TableError('file_over_limits', '压缩包里的文件太多，不像 Excel 文件')
      const limit = new UnpackLimit(source.byteLength)
      const claimed = new UnpackLimit(source.byteLength)
      const entries = new Map<string, Entry>()
      for await (const entry of zip.eachEntry()) {
        if (entry.isEncrypted()) throw new TableError('file_old_excel')
        claimed.take(entry.uncompressedSize)
        entries.set(entry.fileName.replace(/^\//, ''), entry)
      }
      return new XlsxPackage(zip, entries, limit)
    } catch (error) {
      throw faultOf(error)
    }
  }

  has(path: string): boolean {
    return this.entries.has(path)
  }

  /** A part that is small, read whole; nothing is told of one that is not there. */
  async readSmall(path: string, events: XmlEvents): Promise<void> {
    const entry = this.entries.get(path)
    if (!entry) return
    if (entry.uncompressedSize > SMALL_PART_BYTES_MAX) throw new TableError('file_over_limits')
    await this.readWhole(path, events)
  }

  /** A part from its beginning to its end. */
  async readWhole(path: string, events: XmlEvents): Promise<void> {
    const reading = this.read(path, events)
    while ((await reading.next()).done !== true);
  }

  /** A part as it streams: yields after each stretch of it has been told. */
  async *read(path: string, events: XmlEvents): AsyncGenerator<void> {
    const entry = this.entries.get(path)
    if (!entry) throw new TableError('file_truncated', 'Excel 文件里缺少工作表')
    const parser = parserOf(events)
    const decoder = new TextDecoder('utf-8')
    let stream: Readable | null = null
    try {
      stream = await this.zip.openReadStreamPromise(entry)
      for await (const chunk of stream) {
        this.limit.take((chunk as Buffer).length)
        parser.write(decoder.decode(chunk as Buffer, { stream: true }))
        yield
      }
      parser.write(decoder.decode()).close()
      yield
    } catch (error) {
      throw faultOf(error)
    } finally {
      stream?.destroy()
    }
  }
}

/** Lets the zip be read through a source that is no plain file. */
class SourceReader extends yauzl.RandomAccessReader {
  constructor(private readonly source: TableSource) {
    super()
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return this.source.stream(start, end)
  }
}

function parserOf(events: XmlEvents): SaxesParser {
  const parser = new SaxesParser()
  parser.on('opentag', (tag: SaxesTagPlain) => {
    events.open?.(localName(tag.name), tag.attributes)
  })
  parser.on('text', (text) => {
    events.text?.(text)
  })
  parser.on('cdata', (text) => {
    events.text?.(text)
  })
  parser.on('closetag', (tag: SaxesTagPlain) => {
    events.close?.(localName(tag.name))
  })
  parser.on('error', (error) => {
    throw new TableError('file_truncated', `Excel 文件的内容已损坏（${shortOf(error)}）`)
  })
  return parser
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** Where the fault is, and none of what stands there. */
function shortOf(error: Error): string {
  return /^\d+:\d+/.exec(error.message)?.[0] ?? 'XML'
}

/** Whatever the zip reader throws means that the file is not whole. */
function faultOf(error: unknown): unknown {
  if (error instanceof TableError) return error
  if (error instanceof Error && /encrypt/i.test(error.message))
    return new TableError('file_old_excel')
  return new TableError('file_truncated', 'Excel 文件不完整或已损坏，请重新导出')
}
