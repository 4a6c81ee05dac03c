import { AsyncLocalStorage } from 'node:async_hooks'
import { isIPv4, isIPv6 } from 'node:net'

// Where the call that runs now came from. The doors open the scope; what is written down within it
// tells it masked, without every caller having to hand it on.

const GROUPS = 8
/** One customer of a provider has a whole /64 to draw addresses from. */
const NETWORK_GROUPS = 4
const SHOWN_GROUPS = 2
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

const scope = new AsyncLocalStorage<string>()

/** Runs `work` as a call from `address`. */
export function withOrigin<T>(address: string, work: () => T): T {
  return scope.run(address, work)
}

/** The masked address of the call that runs now; null outside any. */
export function originMasked(): string | null {
  const address = scope.getStore()
  return address === undefined ? null : maskAddress(address)
}

/** The first half of an address of version 4, the first two groups of one of version 6. */
export function maskAddress(address: string): string {
  const plain = plainOf(address)
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 2).join('.')}.*.*`
  if (!isIPv6(plain)) return '*'
  return `${groupsOf(plain).slice(0, SHOWN_GROUPS).join(':')}:*`
}

/** What failed attempts are counted by: the address, or its network of 64 bits. */
export function networkOf(address: string): string {
  const plain = plainOf(address)
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, NETWORK_GROUPS).join(':')}::/64` : plain
}

function plainOf(address: string): string {
  const [withoutZone = ''] = address.split('%')
  return MAPPED.exec(withoutZone)?.[1] ?? withoutZone
}

/** The eight groups of an address of version 6, without leading zeros. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Math.max(0, GROUPS - first.length - last.length)
  const all = tail === undefined ? first : [...first, ...Array<string>(zeros).fill('0'), ...last]
  return all.map((group) => group.replace(/^0+(?=.)/, ''))
}
