import type { PackChange, PackTemplateView } from '@huike/shared/contracts/console-packs'
import { Button, Tag } from 'antd'
import { useId, useState } from 'react'
import { Ask } from '../ask.js'
import { count, money } from '../format.js'
import { useSession } from '../session.js'
import { PackDialog } from './pack-dialog.js'
import { packStrings as words } from './strings.js'

interface Props {
  pack: PackTemplateView
  /** With what was done, in words; null where it shows. */
  onChanged: (pack: PackTemplateView, how: string | null) => void
}

/** One pack: what is in it, and how many are sold. */
export function PackRow({ pack, onChanged }: Props) {
  const { may, api } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const [isChanging, setIsChanging] = useState(false)
  const labelId = useId()
  const { id, version, terms, limits, contents, sold } = pack
  const isOpen = limits.state === 'open'
  const { title } = terms
  const turn = () =>
    api.post<PackTemplateView>(`/packs/templates/${id}`, {
      ...{ terms, limits: { ...limits, state: isOpen ? 'stopped' : 'open' } },
      ...{ basedOnVersion: version, basedOnLimits: limits },
    } satisfies PackChange)
  return (
    <li className="row pack-row" aria-labelledby={labelId}>
      <div className="pack-head">
        <strong id={labelId} className="coupon-name">
          {title}
        </strong>
        <Tag color={isOpen ? 'success' : 'default'}>{words.state[limits.state]}</Tag>
        <span className="pack-price">{money(terms.priceFen)}</span>
      </div>
      <ul className="pack-contents">
        {contents.map((content, at) => (
          <li key={at}>{content}</li>
        ))}
      </ul>
      <p className="note">
        {words.sold(count(sold), limits.stock === null ? null : count(limits.stock))} ·{' '}
        {words.memberMax(limits.memberMax === null ? null : count(limits.memberMax))} ·{' '}
        {words.version(count(version))}
      </p>
      {may('packs.manage') && !isAsking && (
        <div className="page-actions">
          <Button
            aria-label={words.changeNamed(title)}
            onClick={() => {
              setIsChanging(true)
            }}
          >
            {words.change}
          </Button>
          <Button
            aria-label={(isOpen ? words.stopNamed : words.resumeNamed)(title)}
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {isOpen ? words.stop : words.resume}
          </Button>
        </div>
      )}
      {isChanging && (
        <PackDialog
          pack={pack}
          onDone={(changed) => {
            setIsChanging(false)
            onChanged(changed, words.changed(changed.terms.title, count(changed.version)))
          }}
          onCancel={() => {
            setIsChanging(false)
          }}
        />
      )}
      {isAsking && (
        <Ask<PackTemplateView>
          label={(isOpen ? words.stopNamed : words.resumeNamed)(title)}
          promise={(isOpen ? words.stopPromise : words.resumePromise)(title)}
          confirm={isOpen ? words.stop : words.resume}
          isDanger={isOpen}
          onConfirm={turn}
          onDone={(changed) => {
            setIsAsking(false)
            onChanged(changed, null)
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
    </li>
  )
}
