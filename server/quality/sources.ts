// Where a record came from, as few as can be told apart on a page: the tills of all stores are one.

/** More sources than these are counted together. */
export const SOURCES_MAX = 20
export const OTHER_SOURCES = 'other'
const UNKNOWN = 'unknown'
const NAME_CHARACTERS_MAX = 40

/** The source of an identity, `till:S01` or `import:taobao`, as a group; null: there was none. */
export function sourceGroup(source: string | null): string {
  if (source === null || source === '') return UNKNOWN
  const group = source.startsWith('till:') ? 'till' : source
  return group.slice(0, NAME_CHARACTERS_MAX)
}

/** Of a member `m`: the source of the identity that was there first. */
export const MEMBER_SOURCE = `(SELECT i.source FROM identity i WHERE i.memberId = m.id
  ORDER BY i.firstSeenAtMs, i.id LIMIT 1)`
