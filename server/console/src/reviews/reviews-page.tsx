import type { ReviewPage, ReviewQuery, ReviewRow as Row } from '@huike/shared/contracts/reviews'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { usePages } from '../use-query.js'
import { ReviewRow } from './review-row.js'
import { reviewStrings as words } from './strings.js'
import './reviews.css'

type State = ReviewQuery['state']
const STATES: readonly State[] = ['waiting', 'approved', 'declined']
const reviewsOf = (page: ReviewPage): readonly Row[] => page.reviews

/** What shoppers said of their purchases: those that wait, and what became of the others. */
export default function ReviewsPage() {
  const [state, setState] = useState<State>('waiting')
  const list = usePages(withQuery('/reviews', { state }), reviewsOf)
  return (
    <PageFrame title={words.title} note={words.note}>
      <Choices
        label={words.choices}
        choices={STATES}
        chosen={state}
        wordsOf={(one) => words.state(one)}
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((row) => (
          <ReviewRow
            key={row.id}
            row={row}
            onDecided={() => {
              list.change((rows) => rows.filter(({ id }) => id !== row.id))
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty(state)} skeletonRows={4} />
    </PageFrame>
  )
}
