import {
  chownSync,
  closeSync,
  copyFileSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { KeyringError, keyringJson, parseKeyring, readKeyringFile } from './keyring.js'
import type { KeyringContent } from './keyring.js'

// Changes a keyring file so that a power cut leaves the old one or the new one, whole. What it was
// before stays beside it under the date: a backup of the database may need a key that is gone from it.

const MODE_PRIVATE = 0o600

/** What the file says now. Throws KeyringError. */
export function keyringFileContent(path: string): KeyringContent {
  return parseKeyring(readKeyringFile(path))
}

/** Refuses early, by KeyringError, a file that this process could not change. */
export function checkKeyringFileWritable(path: string): void {
  const { file, trial } = namesOf(path)
  try {
    const owner = statSync(file).uid
    const me = process.getuid?.() ?? owner
    if (me !== 0 && me !== owner) throw new Error('it belongs to another user')
    closeSync(openSync(trial, 'w', MODE_PRIVATE))
    rmSync(trial)
  } catch (error) {
    throw new KeyringError(`the keyring file cannot be changed: ${(error as Error).message}`)
  }
}

/** Changes the file; nothing happens when `change` gives back what is there. Throws KeyringError. */
export function changeKeyringFile(
  path: string,
  nowMs: number,
  change: (content: KeyringContent) => KeyringContent,
): void {
  const { file, trial } = namesOf(path)
  const before = keyringFileContent(path)
  const after = change(before)
  if (after === before) return
  const { uid, gid } = statSync(file)
  const kept = `${file}.${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`
  copyFileSync(file, kept, constants.COPYFILE_EXCL)
  writeWhole(trial, keyringJson(after))
  // Run as root, the file still belongs to the user the server runs as.
  if (process.getuid?.() === 0) for (const name of [trial, kept]) chownSync(name, uid, gid)
  renameSync(trial, file)
  syncFolder(dirname(file))
}

/** A link is followed: what it leads to is the file. */
function namesOf(path: string): { file: string; trial: string } {
  const file = realpathSync(path)
  return { file, trial: `${file}.part` }
}

function writeWhole(path: string, text: string): void {
  rmSync(path, { force: true })
  const handle = openSync(path, 'wx', MODE_PRIVATE)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
