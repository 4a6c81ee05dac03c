import type { ConsoleStores } from '@huike/shared/contracts/console'
import type { StaffChange, StaffMember } from '@huike/shared/contracts/console-team'
import { CHAIN_ROLES, rolesGivenBy } from '@huike/shared/permissions'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { clockTime, count } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { StopDialog } from './stop-dialog.js'
import { staffStrings as words } from './strings.js'

/** More names than this are counted. */
const STORE_NAMES_MAX = 3

type Stores = ConsoleStores['stores']

interface Props {
  person: StaffMember
  stores: Stores
  /** Everybody who is listed: one of them may take over the customers. */
  colleagues: readonly StaffMember[]
  onChanged: (person: StaffMember) => void
  onEdit: () => void
  onPassword: () => void
}

/** One person: who, what, where, and the buttons for what may be changed. */
export function StaffRow({ person, stores, colleagues, onChanged, onEdit, onPassword }: Props) {
  const { staff, api, may } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const [isResetting, setIsResetting] = useState(false)
  const { id, name, username, role, state, lastSignInAtMs } = person
  const isSelf = id === staff.id
  // A manager changes cashiers only; the server says so too.
  const mayChange = rolesGivenBy(staff.role).includes(role)
  const isActive = state === 'active'
  return (
    <li className={isActive ? 'row staff' : 'row staff is-stopped'}>
      <div className="staff-who">
        <strong>{name}</strong> <span className="note">{username}</span>
        <div className="staff-tags">
          <Tag>{strings.role(role)}</Tag>
          {!isActive && <Tag color="error">{words.stopped}</Tag>}
          {isSelf && <Tag color="success">{words.you}</Tag>}
        </div>
      </div>
      <div className="staff-where note">
        <div>{storeWords(person, stores)}</div>
        <div>
          {lastSignInAtMs === null
            ? words.neverSignedIn
            : words.lastSignIn(clockTime(lastSignInAtMs))}
        </div>
        {may('members.assign') && (
          <div>
            <a
              href={hrefOf(`/members?ownerId=${id}`)}
              aria-label={words.about(words.customers, name)}
            >
              {words.customers}
            </a>
          </div>
        )}
      </div>
      {mayChange && (
        <div className="staff-buttons">
          <Button type="text" aria-label={words.about(words.edit, name)} onClick={onEdit}>
            {words.edit}
          </Button>
          <Button type="text" aria-label={words.about(words.password, name)} onClick={onPassword}>
            {words.password}
          </Button>
          {!isSelf && may('staff.second_factor') && (
            <Button
              type="text"
              aria-label={words.about(words.factor, name)}
              aria-expanded={isResetting}
              onClick={() => {
                setIsResetting(true)
              }}
            >
              {words.factor}
            </Button>
          )}
          {!isSelf && (
            <Button
              type="text"
              danger={isActive}
              aria-label={words.about(isActive ? words.stop : words.restart, name)}
              aria-expanded={isAsking}
              onClick={() => {
                setIsAsking(true)
              }}
            >
              {isActive ? words.stop : words.restart}
            </Button>
          )}
        </div>
      )}
      {isResetting && (
        <Ask<undefined>
          label={words.about(words.factor, name)}
          promise={words.factorPromise(name)}
          confirm={words.factorConfirm}
          isDanger
          onConfirm={() => api.post(`/staff/${id}/second-factor/reset`)}
          onDone={() => {
            setIsResetting(false)
          }}
          onCancel={() => {
            setIsResetting(false)
          }}
        />
      )}
      {isAsking && isActive && (
        <StopDialog
          person={person}
          colleagues={colleagues}
          onDone={(changed) => {
            setIsAsking(false)
            onChanged(changed)
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
      {isAsking && !isActive && (
        <Ask<StaffMember>
          label={words.about(words.restart, name)}
          promise={words.restartPromise(name)}
          confirm={words.restartConfirm}
          onConfirm={() => api.patch(`/staff/${id}`, { state: 'active' } satisfies StaffChange)}
          onDone={(changed) => {
            setIsAsking(false)
            onChanged(changed)
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
    </li>
  )
}

function storeWords({ role, storeIds }: StaffMember, stores: Stores): string {
  if (CHAIN_ROLES.includes(role)) return words.allStores
  const names = stores.filter(({ id }) => storeIds.includes(id)).map(({ name }) => name)
  const shown = names.slice(0, STORE_NAMES_MAX).join(words.separator)
  if (storeIds.length === 0) return words.noStores
  return names.length > STORE_NAMES_MAX
    ? words.storesMore(shown, count(names.length))
    : shown || strings.nothing
}
