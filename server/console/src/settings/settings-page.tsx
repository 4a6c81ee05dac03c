import type { MessageSettings } from '@huike/shared/contracts/console-campaigns'
import { PageFrame } from '../page-frame.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { DuplicateSettingsForm } from './duplicate-settings.js'
import { MessageSettingsForm } from './message-settings.js'
import { ResolutionSettingsForm } from './resolution-settings.js'
import { SecuritySettingsForm } from './security-settings.js'
import { settingsStrings as words } from './strings.js'

/** What holds for the whole chain. */
export default function SettingsPage() {
  const query = useQuery<MessageSettings>('/settings/messages')
  return (
    <PageFrame title={words.title} note={words.note}>
      <Trouble query={query} rows={5} />
      {query.value !== null && (
        <MessageSettingsForm settings={query.value} onSaved={query.replace} />
      )}
      <DuplicateSettingsForm />
      <ResolutionSettingsForm />
      <SecuritySettingsForm />
    </PageFrame>
  )
}
