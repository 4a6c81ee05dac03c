import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

// Where a webhook may go. An address is judged when it is resolved for the very connection that will
// be made, so that a name cannot point elsewhere after it was checked. The servers' own network is
// never reached from outside's wish; the sandbox may speak to this machine.

/** IPv4 that is not the public internet (IANA special-purpose registry, RFC 6890). */
const SPECIAL_IPV4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** Inside 2000::/3, which is all that is public of IPv6: Teredo and other special uses, 6to4. */
const SPECIAL_IPV6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const specialIpv4 = new BlockList()
for (const [net, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(net, prefix, 'ipv4')
const publicIpv6 = new BlockList()
publicIpv6.addSubnet('2000::', 3, 'ipv6')
const specialIpv6 = new BlockList()
for (const [net, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(net, prefix, 'ipv6')
const LOOPBACK = '127.0.0.1'

/** An address that a webhook may not be sent to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/** Whether a webhook may be sent to this IP address. */
export function isAddressAllowed(address: string, allowsLoopback: boolean): boolean {
  if (allowsLoopback && address === LOOPBACK) return true
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4')
    case 6:
      // An IPv4 address in IPv6 clothes is outside 2000::/3, and so refused.
      return publicIpv6.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
    default:
      return false
  }
}

/** Why `url` cannot be a webhook's address, in words; null when it can. */
export function urlFault(url: string, allowsLoopback: boolean): string | null {
  const { protocol, hostname, username, password, hash } = new URL(url)
  const isLoopback = allowsLoopback && hostname === LOOPBACK
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) return '只接受 https 地址'
  if (username !== '' || password !== '') return '地址里不能带账号密码'
  if (hash !== '') return '地址里不能带 #'
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0 && !isAddressAllowed(literal, allowsLoopback)) return '不接受内网地址'
  return null
}

/** A DNS lookup for one connection: every address it found must be allowed. */
export function guardedLookup(allowsLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? []
      if (error || !first) callback(error ?? new AddressRefused('no address'), '', 0)
      else if (found.some(({ address }) => !isAddressAllowed(address, allowsLoopback)))
        callback(new AddressRefused('a private address is refused'), '', 0)
      else if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }
}
