import type { MemberFile } from '@huike/shared/contracts/console-members'
import type { MemberOwned, MemberOwners, OwnerChange } from '@huike/shared/contracts/console-owners'
import type { StaffId } from '@huike/shared/ids'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { memberStrings } from './strings.js'

const words = memberStrings.file

/** Who of the staff looks after a member, and the way to change that. */
export function MemberOwnerLine({ file }: { file: MemberFile }) {
  const [owner, setOwner] = useState(file.owner)
  const [isChanging, setIsChanging] = useState(false)
  return (
    <>
      <span>{owner?.name ?? words.noOwner}</span>
      {file.mayAssign && (
        <Button
          aria-label={words.ownerChangeLabel}
          onClick={() => {
            setIsChanging(true)
          }}
        >
          {words.ownerChange}
        </Button>
      )}
      {isChanging && (
        <OwnerDialog
          memberId={file.memberId}
          owner={owner}
          onDone={(owned) => {
            setIsChanging(false)
            setOwner(owned.owner)
          }}
          onCancel={() => {
            setIsChanging(false)
          }}
        />
      )}
    </>
  )
}

interface Props {
  memberId: string
  owner: MemberFile['owner']
  onDone: (owned: MemberOwned) => void
  onCancel: () => void
}

function OwnerDialog({ memberId, owner, onDone, onCancel }: Props) {
  const { api } = useSession()
  const query = useQuery<MemberOwners>('/member-owners')
  const [chosen, setChosen] = useState<StaffId | null>(owner?.staffId ?? null)
  const listed = query.value?.owners ?? []
  // Somebody who left, or works elsewhere: shown, and not to be chosen again once changed.
  const isListed = owner === null || listed.some(({ staffId }) => staffId === owner.staffId)
  const choices = isListed ? listed : [owner, ...listed]
  const change: OwnerChange = { staffId: chosen }
  return (
    <FormDialog<MemberOwned>
      title={words.ownerChangeLabel}
      submit={strings.save}
      isReady={query.value !== null && chosen !== (owner?.staffId ?? null)}
      onSubmit={() => api.put(`/members/${memberId}/owner`, change)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <Trouble query={query} rows={1} />
      <Field label={words.owner} hint={words.ownerHint}>
        {(control) => (
          <Select<StaffId>
            {...control}
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={words.noOwner}
            value={chosen}
            options={choices.map(({ staffId, name }) => ({ value: staffId, label: name }))}
            onChange={(staffId: StaffId | undefined) => {
              setChosen(staffId ?? null)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}
