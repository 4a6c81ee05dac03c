import type {
  TimelineItem,
  TimelinePage,
  TimelineQuery,
} from '@huike/shared/contracts/console-members'
import { useEffect, useRef, useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { calendarDay } from '../format.js'
import { PagesEnd } from '../pages-end.js'
import { usePages, type Pages } from '../use-query.js'
import { memberStrings } from './strings.js'
import { TimelineEntry } from './timeline-entry.js'

type Kind = NonNullable<TimelineQuery['kind']>
const KINDS: readonly Kind[] = ['purchase', 'points', 'message', 'consent']
const PAGE_ROWS = 20
/** The next page is asked for when the end is this near to the screen. */
const AHEAD_PX = 400

const itemsOf = (page: TimelinePage) => page.items

interface Props {
  memberId: string
  timeZone: string
}

/** Everything that happened, newest first, day by day; older days come as one scrolls to them. */
export function Timeline({ memberId, timeZone }: Props) {
  const words = memberStrings.timeline
  const [kind, setKind] = useState<Kind | null>(null)
  const path = `/members/${encodeURIComponent(memberId)}/timeline`
  const list = usePages(withQuery(path, { kind, limit: PAGE_ROWS }), itemsOf)
  return (
    <section className="m-timeline" aria-labelledby="member-timeline">
      <h2 id="member-timeline">{words.title}</h2>
      <Choices
        label={words.filter}
        choices={[null, ...KINDS]}
        chosen={kind}
        wordsOf={(one) => (one === null ? words.all : words.kinds[one])}
        onChoose={setKind}
      />
      {byDay(list.items ?? [], timeZone).map(({ day, items }) => (
        <section key={day} aria-label={day}>
          <h3 className="m-day">{day}</h3>
          <ol className="rows">
            {items.map((item) => (
              <TimelineEntry key={`${item.kind} ${item.id}`} item={item} timeZone={timeZone} />
            ))}
          </ol>
        </section>
      ))}
      <Older list={list} empty={kind === null ? words.empty : words.emptyKind} />
    </section>
  )
}

/** The end of what was read: reads on by itself when it comes near, or when asked. */
function Older({ list, empty }: { list: Pages<TimelineItem>; empty: string }) {
  const words = memberStrings.timeline
  const { hasMore, problem, isLoading, more } = list
  const end = useRef<HTMLDivElement>(null)
  const mayRead = hasMore && problem === null && !isLoading
  const read = useRef(more)
  read.current = more
  useEffect(() => {
    if (!mayRead || end.current === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) read.current()
      },
      { rootMargin: `${String(AHEAD_PX)}px` },
    )
    observer.observe(end.current)
    return () => {
      observer.disconnect()
    }
  }, [mayRead])
  return (
    <PagesEnd
      list={list}
      empty={empty}
      skeletonRows={6}
      more={words.more}
      end={words.end}
      place={end}
    />
  )
}

function byDay(items: readonly TimelineItem[], timeZone: string) {
  const days: { day: string; items: TimelineItem[] }[] = []
  for (const item of items) {
    const day = calendarDay(item.atMs, timeZone)
    const last = days.at(-1)
    if (last?.day === day) last.items.push(item)
    else days.push({ day, items: [item] })
  }
  return days
}
