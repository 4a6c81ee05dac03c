import { REGISTRATION_NOTICE } from '@huike/shared/notice'
import { CONSENT_PURPOSES, PURPOSE_TEXTS } from '@huike/shared/purposes'
import { consentStrings as words } from './strings.js'

const TEXTS = [
  { key: 'membership', title: words.membership, ...REGISTRATION_NOTICE },
  ...CONSENT_PURPOSES.map((purpose) => ({ key: purpose, ...PURPOSE_TEXTS[purpose] })),
]

/** What members read before they agree, with the version of each text. */
export function ConsentTexts() {
  return (
    <details className="tile">
      <summary>{words.texts}</summary>
      <p className="note">{words.textsNote}</p>
      <dl className="rights-texts">
        {TEXTS.map(({ key, title, policyVersion, text }) => (
          <div key={key}>
            <dt>
              <strong>{title}</strong> {words.version(policyVersion)}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
