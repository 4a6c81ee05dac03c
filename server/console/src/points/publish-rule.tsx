import type { EarningDraft, EarningTerms } from '@huike/shared/contracts/console-points'
import { mostPointsOf } from '@huike/shared/earning'
import { Alert, Button } from 'antd'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { versionName } from '../version-words.js'
import { Failure } from '../trouble.js'
import { startOf, isSameTerms, type RuleForm } from './rule-form.js'
import type { RuleNames } from './rule-names.js'
import { RuleWords } from './rule-words.js'
import { editorStrings as words } from './strings.js'
import { yuanWords } from './terms-words.js'
import type { Publishing } from './use-publishing.js'
import { promiseWords, sinceWords, type Version } from './versions.js'

interface Props {
  form: RuleForm
  /** Null while something is wrong with the form. */
  terms: EarningTerms | null
  versions: readonly Version[]
  latest: Version
  names: RuleNames
  publishing: Publishing<EarningDraft>
  /** Fields that were marked when publishing was tried. */
  wrongFields: number
  /** It says what holds now. */
  isSame: boolean
  /** `isGenerousMeant`: many points are meant. */
  onPublish: (isGenerousMeant: boolean) => void
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** What publishing does, and what stood in its way. */
export function PublishRule(props: Props) {
  const { form, terms, versions, latest, publishing, wrongFields, isSame, onPublish } = props
  const { isBusy, refused } = publishing
  const isStartKnown = form.start === 'now' || startOf(form) !== null
  const isOutdated = form.basedOnVersion !== latest.rule.version
  const isGenerous = refused?.code === 'rule_generous'
  const isTold = refused !== null && !isGenerous && !(isOutdated && refused.code === 'rule_changed')
  return (
    <FormSection id="publish" className="rule-publish" title={words.promise}>
      <div className="summary">
        {terms === null || !isStartKnown ? (
          <p className="note">{words.incomplete}</p>
        ) : (
          <>
            <RuleWords terms={terms} names={props.names} />
            <ul>
              {promiseWords(versions, startOf(form)).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      {wrongFields > 0 && <Failure sentence={words.wrong(count(wrongFields))} />}
      {isTold && <Failure sentence={refused.code === null ? words.unanswered : refused.sentence} />}
      {isGenerous && terms !== null && <Generous {...props} terms={terms} />}
      {isOutdated && <Outdated {...props} />}
      {isSame && !isOutdated && <p className="note">{words.same}</p>}
      <div className="form-buttons">
        <Button
          type="primary"
          size="large"
          loading={isBusy}
          disabled={isSame || isOutdated || isGenerous}
          onClick={() => {
            onPublish(false)
          }}
        >
          {words.publish}
        </Button>
      </div>
    </FormSection>
  )
}

/** More points than fen may be given: asks whether that is meant, in numbers. */
function Generous({ terms, publishing, onPublish }: Props & { terms: EarningTerms }) {
  return (
    <div className="ask" role="group" aria-label={words.generous}>
      <p role="alert">
        {words.generousPromise(yuanWords(terms.perFen), count(mostPointsOf(terms)))}
      </p>
      <Button
        type="primary"
        danger
        loading={publishing.isBusy}
        onClick={() => {
          onPublish(true)
        }}
      >
        {words.generousConfirm}
      </Button>
    </div>
  )
}

/** Somebody published meanwhile: shows what, and lets one choose what to go on with. */
function Outdated({ latest, terms, names, onKeepMine, onTakeTheirs }: Props) {
  const version = count(latest.rule.version)
  return (
    <div className="rule-outdated form">
      <Alert
        type="warning"
        role="alert"
        showIcon
        title={words.changed(version)}
        description={
          terms !== null && isSameTerms(terms, latest.rule) ? words.changedSame : words.changedHow
        }
      />
      <div className="tile" role="group" aria-label={versionName(latest.rule.version)}>
        <p className="note">{sinceWords(latest)}</p>
        <RuleWords terms={latest.rule} names={names} />
      </div>
      <div className="page-actions">
        <Button onClick={onKeepMine}>{words.keepMine}</Button>
        <Button onClick={onTakeTheirs}>{words.takeTheirs(version)}</Button>
      </div>
    </div>
  )
}
