import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import { CHAIN_ROLES } from '@huike/shared/permissions'
import { Button, Checkbox, Input, Select } from 'antd'
import type { Stores } from '../members/use-stores.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { AudienceResult } from './audience-result.js'
import { withChannel, withChannelEarlier, type Draft, type Problems } from './draft.js'
import { CHANNELS } from '../limits.js'
import { Field } from '../field.js'
import { campaignStrings } from './strings.js'
import type { Counted } from './use-audience.js'

const DAYS_OFFERED = [30, 60, 90, 180] as const
const DAYS_DIGITS_MAX = 4

interface Props {
  draft: Draft
  problems: Problems
  stores: Stores
  counted: Counted
  onChange: (draft: Draft) => void
}

/** Step one: who. The people are counted as the inputs change. */
export function AudienceStep({ draft, problems, stores, counted, onChange }: Props) {
  const words = campaignStrings.form
  const { staff } = useSession()
  return (
    <div className="c-step">
      <div className="c-inputs">
        <Field id="campaign-days" label={words.inactive} problem={problems.inactiveDays}>
          {(control) => (
            <>
              <Input
                {...control}
                className="c-days"
                inputMode="numeric"
                autoComplete="off"
                maxLength={DAYS_DIGITS_MAX}
                suffix={words.days}
                value={draft.inactiveDays}
                onChange={(event) => {
                  onChange({ ...draft, inactiveDays: event.target.value })
                }}
              />
              <div className="m-reasons" role="group" aria-label={words.inactive}>
                {DAYS_OFFERED.map((days) => (
                  <Button
                    key={days}
                    aria-pressed={draft.inactiveDays === String(days)}
                    onClick={() => {
                      onChange({ ...draft, inactiveDays: String(days) })
                    }}
                  >
                    {days} {words.days}
                  </Button>
                ))}
              </div>
            </>
          )}
        </Field>
        <Field label={words.stores}>
          {(control) => (
            <Select
              {...control}
              mode="multiple"
              allowClear
              placeholder={CHAIN_ROLES.includes(staff.role) ? words.allStores : words.myStores}
              showSearch={{ optionFilterProp: 'label' }}
              loading={!stores.isKnown}
              value={[...draft.storeIds]}
              options={stores.list.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(storeIds) => {
                onChange({ ...draft, storeIds })
              }}
            />
          )}
        </Field>
        <Channels draft={draft} problem={problems.channels} onChange={onChange} />
      </div>
      <div className="c-result" aria-live="polite">
        {counted.problem !== null && <Failure sentence={counted.problem} onRetry={counted.retry} />}
        <AudienceResult counted={counted} timeZone={stores.timeZone} />
      </div>
    </div>
  )
}

interface ChannelsProps {
  draft: Draft
  problem: string | undefined
  onChange: (draft: Draft) => void
}

/** The channels that are used in their order, then those that are not. */
function Channels({ draft, problem, onChange }: ChannelsProps) {
  const words = campaignStrings.form
  const unused = CHANNELS.filter((channel) => !draft.channels.includes(channel))
  return (
    <fieldset className="field c-channels">
      <legend>{words.channels}</legend>
      <p className="note">{words.channelsNote}</p>
      {[...draft.channels, ...unused].map((channel: MessageChannel) => {
        const place = draft.channels.indexOf(channel)
        return (
          <div key={channel} className="c-channel">
            <Checkbox
              checked={place >= 0}
              onChange={(event) => {
                onChange(withChannel(draft, channel, event.target.checked))
              }}
            >
              {place >= 0 && <span className="c-place">{place + 1}</span>}
              {campaignStrings.channel(channel)}
            </Checkbox>
            {place > 0 && (
              <Button
                aria-label={words.earlier(campaignStrings.channel(channel))}
                onClick={() => {
                  onChange(withChannelEarlier(draft, channel))
                }}
              >
                {words.earlierShort}
              </Button>
            )}
            <span className="note">{campaignStrings.channelNote(channel)}</span>
          </div>
        )
      })}
      {problem !== undefined && (
        <p className="m-bad" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  )
}
