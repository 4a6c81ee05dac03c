import type { MemberFile, MemberPage } from '@huike/shared/contracts/console-members'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Field } from '../field.js'
import { memberStrings } from '../members/strings.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { usePages, useQuery } from '../use-query.js'
import { PairRows } from './pair-rows.js'
import { byHandStrings, pairStrings } from './strings.js'
import { pairsOf } from './use-queue.js'
import './duplicates.css'

/** Who may be the same person as one member: what the search found, and whom somebody names. */
export default function OfMemberPage({ memberId }: { memberId: string }) {
  const { may } = useSession()
  const stores = useStores()
  const query = useQuery<MemberFile>(`/members/${encodeURIComponent(memberId)}`)
  const file = query.value
  // An absorbed id answers with the survivor, and so do its pairs.
  const list = usePages(
    file === null ? null : withQuery('/identity/pairs', { memberId: file.memberId }),
    pairsOf,
  )
  return (
    <PageFrame
      title={pairStrings.ofMember}
      back={{ href: hrefOf(`/members/${memberId}`), words: byHandStrings.back }}
      note={
        file === null
          ? undefined
          : `${file.nameMasked ?? memberStrings.unnamed} · ${memberStrings.file.memberNo(file.memberNo)}`
      }
    >
      <Trouble query={query} />
      {file !== null && (
        <div className="sections">
          <section aria-label={pairStrings.ofMember}>
            <PairRows pairs={list.items ?? []} timeZone={stores.timeZone} />
            <PagesEnd list={list} empty={pairStrings.noneOfMember} skeletonRows={3} />
          </section>
          {may('identity.merge') && <ByHand memberId={file.memberId} />}
        </div>
      )}
    </PageFrame>
  )
}

/** Finds another member to merge with, whom the search has not found. */
function ByHand({ memberId }: { memberId: string }) {
  const { api } = useSession()
  const [text, setText] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [found, setFound] = useState<MemberPage['members'] | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const find = async () => {
    setIsBusy(true)
    const answer = await api.get<MemberPage>(withQuery('/members', { search: text.trim() }))
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    setFound(answer.ok ? answer.value.members.filter((one) => one.memberId !== memberId) : null)
  }
  return (
    <section className="tile" aria-labelledby="by-hand">
      <h2 id="by-hand">{byHandStrings.title}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '' && !isBusy) void find()
        }}
      >
        <Field label={byHandStrings.find} problem={problem}>
          {(control) => (
            <div className="with-button">
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                maxLength={20}
                placeholder={byHandStrings.placeholder}
                value={text}
                onChange={(event) => {
                  setText(event.target.value)
                }}
              />
              <Button htmlType="submit" loading={isBusy}>
                {byHandStrings.submit}
              </Button>
            </div>
          )}
        </Field>
      </form>
      {found?.length === 0 && <Failure isStale sentence={byHandStrings.none} />}
      <ul className="rows d-found">
        {found?.map((one) => (
          <li key={one.memberId} className="row">
            <span>{one.nameMasked ?? memberStrings.unnamed}</span>
            <span className="note">
              {one.phoneMasked} · {one.memberNo}
            </span>
            <a
              className="row-end"
              href={hrefOf(
                withQuery('/duplicates/by-hand', { one: memberId, other: one.memberId }),
              )}
            >
              {byHandStrings.choose}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
