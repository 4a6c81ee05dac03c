import type { SecuritySettings } from '@huike/shared/contracts/console-access'
import { Alert, Checkbox } from 'antd'
import { useState } from 'react'
import { FormSection } from '../form-section.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { settingsStrings as words } from './strings.js'

const PATH = '/settings/security'

/** How staff have to sign in. */
export function SecuritySettingsForm() {
  const { api, may } = useSession()
  const query = useQuery<SecuritySettings>(PATH)
  /** What was chosen and is being saved: shown at once, and no longer when it was refused. */
  const [chosen, setChosen] = useState<boolean | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [isSaved, setIsSaved] = useState(false)
  const save = async (secondFactorRequired: boolean) => {
    setChosen(secondFactorRequired)
    setProblem(null)
    setIsSaved(false)
    const answer = await api.put<SecuritySettings>(PATH, { secondFactorRequired })
    setChosen(null)
    setProblem(answer.ok ? null : answer.sentence)
    if (!answer.ok) return
    setIsSaved(true)
    query.replace(answer.value)
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
      {problem !== null && <Failure sentence={problem} />}
      {isSaved && <Alert type="success" role="status" title={words.securitySaved} showIcon />}
    </FormSection>
  )
}
