import type { Merge, MergePage } from '@huike/shared/contracts/console-identity'
import { withQuery } from '../api.js'
import { dateTime } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf, usePlace } from '../router.js'
import { usePages } from '../use-query.js'
import { MergeTag } from './merge-tag.js'
import { mergeStrings as words } from './strings.js'
import './duplicates.css'

const BACK = { href: hrefOf('/duplicates'), words: words.back }
const mergesOf = (page: MergePage) => page.merges

/** Every merge, the latest first; of one member where the address names one. */
export default function MergesPage() {
  const { query } = usePlace()
  const memberId = query.get('memberId')
  const stores = useStores()
  const list = usePages(withQuery('/merges', { memberId }), mergesOf)
  return (
    <PageFrame title={words.title} note={words.note} back={BACK}>
      {memberId !== null && <a href={hrefOf('/duplicates/merges')}>{words.all}</a>}
      <section aria-label={words.title}>
        <ul className="rows">
          {list.items?.map((merge) => (
            <li key={merge.id}>
              <a className="row d-pair" href={hrefOf(`/duplicates/merges/${merge.id}`)}>
                <span className="d-pair-who">
                  <strong>{words.into(shortOf(merge.absorbed), shortOf(merge.survivor))}</strong>
                </span>
                <MergeTag merge={merge} />
                <span className="note row-note">
                  {words.by(
                    merge.how,
                    merge.mergedByName,
                    dateTime(merge.mergedAtMs, stores.timeZone),
                  )}
                </span>
                {merge.undoneAtMs !== null && (
                  <span className="note row-note">
                    {words.undoneBy(
                      merge.undoneByName,
                      dateTime(merge.undoneAtMs, stores.timeZone),
                    )}
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
        <PagesEnd
          list={list}
          empty={memberId === null ? words.empty : words.emptyOfMember}
          skeletonRows={6}
        />
      </section>
    </PageFrame>
  )
}

function shortOf({ nameMasked, memberNo }: Merge['survivor']): string {
  return `${nameMasked ?? memberStrings.unnamed}（${memberNo}）`
}
