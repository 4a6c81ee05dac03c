import type { SecuritySettings } from '@huike/shared/contracts/console-access'
import { Alert, Checkbox } from 'antd'
import { useState } from 'react'
import { FormSection } from '../form-section.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useSaving } from '../use-saving.js'
import { settingsStrings as words } from './strings.js'

const PATH = '/settings/security'

/** How staff have to sign in. */
export function SecuritySettingsForm() {
  const { may } = useSession()
  const query = useQuery<SecuritySettings>(PATH)
  const saving = useSaving<SecuritySettings>(PATH, query.replace)
  /** What was chosen and is being saved: shown at once, and no longer when it was refused. */
  const [chosen, setChosen] = useState<boolean | null>(null)
  const save = async (secondFactorRequired: boolean) => {
    setChosen(secondFactorRequired)
    await saving.save({ secondFactorRequired })
    setChosen(null)
  }
  return (
    <FormSection
      id="security-settings"
      className="settings"
      title={words.security}
      note={words.securityNote}
    >
      <Trouble query={query} rows={2} />
      {query.value !== null && (
        <div>
          <Checkbox
            checked={chosen ?? query.value.secondFactorRequired}
            disabled={chosen !== null || !may('settings.manage')}
            onChange={(event) => void save(event.target.checked)}
          >
            {words.factorRequired}
          </Checkbox>
          <p className="note">{words.factorHint}</p>
        </div>
      )}
      {saving.problem !== null && <Failure sentence={saving.problem} />}
      {saving.savedAt !== null && (
        <Alert type="success" role="status" title={words.securitySaved} showIcon />
      )}
    </FormSection>
  )
}
