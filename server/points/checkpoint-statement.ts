import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import type { Keyring } from '../platform/keyring.js'
import { MerkleTree } from './merkle.js'
import type { PointsCheckpointHead } from './points-checkpoint-head.entity.js'
import type { PointsCheckpoint } from './points-checkpoint.entity.js'

// What a checkpoint says, and who says it: Ed25519 (RFC 8032) with a key that the keyring gives, so
// that whoever has the database and not the keyring cannot say it anew, and whoever was given the
// public key can check it without either.

/** The root before any. */
export const NO_ROOT = new MerkleTree().root()

/** An Ed25519 private key in PKCS #8 (RFC 8410) is these bytes and its seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

type Statement = Omit<PointsCheckpoint, 'signature'>

/** How a head stands in the tree. */
export function leafOf(
  head: Pick<PointsCheckpointHead, 'memberId' | 'headSeq' | 'headHash'>,
): string {
  return `${head.memberId}|${String(head.headSeq)}|${head.headHash}`
}

/** The signature of a statement, base64url. */
export function signStatement(keyring: Keyring, statement: Statement): string {
  return sign(null, bytesOf(statement), privateKeyOf(keyring)).toString('base64url')
}

/** Whether a checkpoint was signed by the holder of the keyring that this public key is of. */
export function isSigned(publicKey: KeyObject, checkpoint: PointsCheckpoint): boolean {
  return verify(
    null,
    bytesOf(checkpoint),
    publicKey,
    Buffer.from(checkpoint.signature, 'base64url'),
  )
}

/** The key that checks signatures; it may be given to anybody. */
export function checkpointPublicKey(keyring: Keyring): KeyObject {
  return createPublicKey(privateKeyOf(keyring))
}

function privateKeyOf(keyring: Keyring): KeyObject {
  const key = Buffer.concat([PKCS8_ED25519, keyring.checkpointSeed()])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

function bytesOf({ number, takenAtMs, heads, previousRoot, root }: Statement): Buffer {
  const said = ['huike points checkpoint', number, takenAtMs, heads, previousRoot, root]
  return Buffer.from(JSON.stringify(said))
}
