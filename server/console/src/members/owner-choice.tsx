import type { MemberFilter } from '@huike/shared/contracts/console-members'
import type { MemberOwners } from '@huike/shared/contracts/console-owners'
import { useSession } from '../session.js'
import { useQuery } from '../use-query.js'
import { Choice } from './choice.js'
import { memberStrings } from './strings.js'

const words = memberStrings.filter

interface Props {
  filter: MemberFilter
  onChange: (filter: MemberFilter) => void
}

/** Whose customers to show; for those who may say whose they are. */
export function OwnerChoice({ filter, onChange }: Props) {
  const { may } = useSession()
  const isThere = may('members.assign')
  const owners = useQuery<MemberOwners>(isThere ? '/member-owners' : null).value?.owners ?? []
  if (!isThere) return null
  const { ownerId, ...others } = filter
  const isListed = owners.some(({ staffId }) => staffId === ownerId)
  return (
    <Choice
      label={words.owner}
      value={ownerId ?? ''}
      onChoose={(chosen) => {
        const owner = owners.find(({ staffId }) => staffId === chosen)
        onChange(owner ? { ...others, ownerId: owner.staffId } : others)
      }}
    >
      <option value="">{words.anyOwner}</option>
      {ownerId !== undefined && !isListed && <option value={ownerId}>{words.oneOwner}</option>}
      {owners.map(({ staffId, name }) => (
        <option key={staffId} value={staffId}>
          {name}
        </option>
      ))}
    </Choice>
  )
}
