import { Button, Input } from 'antd'
import { Field } from '../field.js'
import { SALT_CHARACTERS_MAX, SALTS_MAX } from '../limits.js'
import { randomKey } from '../random-key.js'
import { isOwnPlatform, type DraftSalt } from './resolution-draft.js'
import { settingsStrings } from './strings.js'

const words = settingsStrings.resolution

interface Props {
  salts: readonly DraftSalt[]
  mayChange: boolean
  onChange: (salts: DraftSalt[]) => void
}

/** What platforms append to numbers: told once, then replaced or forgotten, never shown. */
export function Salts({ salts, mayChange, onChange }: Props) {
  return (
    <fieldset>
      <legend>{words.salts}</legend>
      <p className="note">{words.saltsNote}</p>
      {salts.length === 0 ? (
        <p className="note">{words.noSalts}</p>
      ) : (
        <ul className="setting-rows">
          {salts.map((row) => (
            <li key={row.key}>
              <Row
                row={row}
                isOwn={isOwnPlatform(row, salts)}
                mayChange={mayChange}
                onChange={(changes) => {
                  onChange(salts.map((one) => (one === row ? { ...one, ...changes } : one)))
                }}
                onRemove={() => {
                  onChange(salts.filter((one) => one !== row))
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {mayChange && salts.length < SALTS_MAX && (
        <Button
          onClick={() => {
            const fresh = { key: randomKey(), platform: '', salt: '', isKnown: false }
            onChange([...salts, fresh])
          }}
        >
          {words.add}
        </Button>
      )}
    </fieldset>
  )
}

interface RowProps {
  row: DraftSalt
  isOwn: boolean
  mayChange: boolean
  onChange: (changes: Partial<DraftSalt>) => void
  onRemove: () => void
}

function Row({ row, isOwn, mayChange, onChange, onRemove }: RowProps) {
  const { platform, salt, isKnown } = row
  return (
    <>
      {!isKnown && <Platform platform={platform} isOwn={isOwn} onChange={onChange} />}
      {salt === null && (
        <span className="setting-name">
          {platform} <span className="note">{words.saltIsSet}</span>
        </span>
      )}
      {salt !== null && (
        <Field label={isKnown ? words.newSalt(platform) : words.salt} hint={words.saltHint}>
          {(control) => (
            <Input.Password
              {...control}
              autoComplete="off"
              maxLength={SALT_CHARACTERS_MAX}
              value={salt}
              onChange={(event) => {
                onChange({ salt: event.target.value })
              }}
            />
          )}
        </Field>
      )}
      {mayChange && isKnown && (
        <Button
          type="text"
          aria-label={`${salt === null ? words.replace : words.keep} ${platform}`}
          onClick={() => {
            onChange({ salt: salt === null ? '' : null })
          }}
        >
          {salt === null ? words.replace : words.keep}
        </Button>
      )}
      {mayChange && (
        <Button type="text" aria-label={`${words.remove} ${platform}`} onClick={onRemove}>
          {words.remove}
        </Button>
      )}
    </>
  )
}

interface PlatformProps {
  platform: string
  isOwn: boolean
  onChange: (changes: { platform: string }) => void
}

function Platform({ platform, isOwn, onChange }: PlatformProps) {
  return (
    <Field
      label={words.platform}
      hint={words.platformHint}
      problem={platform === '' || isOwn ? null : words.platformWrong}
    >
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          value={platform}
          onChange={(event) => {
            onChange({ platform: event.target.value.trim() })
          }}
        />
      )}
    </Field>
  )
}
