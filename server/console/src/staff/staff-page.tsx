import type { ConsoleStores } from '@huike/shared/contracts/console'
import type { StaffMember } from '@huike/shared/contracts/console-team'
import { CHAIN_ROLES, PERMISSIONS, STAFF_ROLES, may } from '@huike/shared/permissions'
import { Button, Empty } from 'antd'
import { useState } from 'react'
import { PageFrame } from '../page-frame.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { PasswordDialog } from './password-dialog.js'
import { EditStaffDialog, NewStaffDialog } from './staff-dialogs.js'
import { StaffRow } from './staff-row.js'
import { staffStrings as words } from './strings.js'

type Open = { what: 'new' } | { what: 'edit' | 'password'; person: StaffMember }

/** Who may sign in, for which stores, and what each role may do. */
export default function StaffPage() {
  const query = useQuery<{ staff: StaffMember[] }>('/staff')
  const stores = useQuery<ConsoleStores>('/stores').value?.stores ?? []
  const { may: mayI } = useSession()
  const [open, setOpen] = useState<Open | null>(null)
  const staff = query.value?.staff ?? null
  const close = () => {
    setOpen(null)
  }
  const changed = (person: StaffMember) => {
    close()
    if (staff === null) return
    const isNew = staff.every(({ id }) => id !== person.id)
    const next = isNew
      ? [...staff, person]
      : staff.map((one) => (one.id === person.id ? person : one))
    query.replace({ staff: next })
  }
  const sorted = [...(staff ?? [])].sort(
    (a, b) => Number(a.state === 'stopped') - Number(b.state === 'stopped'),
  )
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        mayI('staff.manage') && (
          <Button
            type="primary"
            onClick={() => {
              setOpen({ what: 'new' })
            }}
          >
            {words.add}
          </Button>
        )
      }
    >
      <Trouble query={query} />
      {staff?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
      )}
      <ul className="rows">
        {sorted.map((person) => (
          <StaffRow
            key={person.id}
            person={person}
            stores={stores}
            colleagues={sorted}
            onChanged={changed}
            onEdit={() => {
              setOpen({ what: 'edit', person })
            }}
            onPassword={() => {
              setOpen({ what: 'password', person })
            }}
          />
        ))}
      </ul>
      <Roles />
      {open?.what === 'new' && <NewStaffDialog stores={stores} onDone={changed} onCancel={close} />}
      {open?.what === 'edit' && (
        <EditStaffDialog person={open.person} stores={stores} onDone={changed} onCancel={close} />
      )}
      {open?.what === 'password' && (
        <PasswordDialog person={open.person} onDone={changed} onCancel={close} />
      )}
    </PageFrame>
  )
}

/** The table of permissions, as sentences. */
function Roles() {
  return (
    <section aria-labelledby="roles">
      <h2 id="roles">{words.roles}</h2>
      <div className="cards">
        {STAFF_ROLES.map((role) => (
          <section key={role} className="tile" aria-label={strings.role(role)}>
            <h3>
              {strings.role(role)}{' '}
              <small className="note">
                {CHAIN_ROLES.includes(role) ? words.allOfThem : words.theirOwn}
              </small>
            </h3>
            <ul className="allowed">
              {PERMISSIONS.filter((permission) => may(role, permission)).map((permission) => (
                <li key={permission}>{words.permission(permission)}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  )
}
