import type { StoreId } from '@huike/shared/ids'
import { Select } from 'antd'
import { Field } from '../field.js'
import type { Stores } from '../members/use-stores.js'
import { editorStrings as words } from './strings.js'

interface Props {
  chosen: readonly StoreId[]
  stores: Stores
  onChange: (storeIds: readonly StoreId[]) => void
}

/** In which stores; none chosen: in all. */
export function StoreChoice({ chosen, stores, onChange }: Props) {
  return (
    <Field label={words.stores}>
      {(control) => (
        <Select
          {...control}
          mode="multiple"
          allowClear
          placeholder={words.allStores}
          showSearch={{ optionFilterProp: 'label' }}
          loading={!stores.isKnown}
          value={[...chosen]}
          options={storeOptions(stores, chosen)}
          onChange={onChange}
        />
      )}
    </Field>
  )
}

/** The stores to choose from; one that was chosen stays so, also where its name was not read. */
function storeOptions(stores: Stores, chosen: readonly StoreId[]) {
  const unknown = chosen.filter((id) => stores.nameOf(id) === '')
  return [
    ...stores.list.map(({ id, name }) => ({ value: id, label: name })),
    ...unknown.map((id) => ({ value: id, label: words.unknownStore })),
  ]
}
