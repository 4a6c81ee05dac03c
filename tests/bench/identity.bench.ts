// How well the dedupe command knows who is who, on files whose true answer is known. The targets are
// of the merged pairs unless said otherwise; FEBRL is held to the reference of its expected values.
import { readFileSync } from 'node:fs'
import {
  IDENTITY_SETS,
  identityFigures,
  identityPath,
  type IdentityFigures,
} from '../rig/identity.js'
import { printFigure } from './measure.js'

const CN = { precisionMin: 0.99, recallMin: 0.78, allF1Min: 0.92, recordsPerReviewMin: 10 }
const FEBRL = { precisionMin: 0.99, behindReferenceMax: 0.01 }

/** Runs the measurement. */
export async function bench(): Promise<void> {
  for (const [name, set] of Object.entries(IDENTITY_SETS)) {
    const startMs = performance.now()
    const figures = await identityFigures(set)
    const reference = referenceF1(set.file)
    printFigure({
      bench: 'identity',
      file: set.file,
      records: figures.records,
      truePairs: figures.truePairs,
      mergePairs: figures.merge.pairs,
      mergePrecision: figures.merge.precision,
      mergeRecall: figures.merge.recall,
      mergeF1: figures.merge.f1,
      reviewPairs: figures.reviews,
      allPrecision: figures.all.precision,
      allRecall: figures.all.recall,
      allF1: figures.all.f1,
      seconds: (performance.now() - startMs) / 1000,
      ...(reference === null ? {} : { referenceF1: reference }),
      ...targetOf(name, figures, reference),
    })
  }
}

function targetOf(
  name: string,
  { records, merge, all, reviews }: IdentityFigures,
  reference: number | null,
): Record<string, boolean> {
  if (name === 'cn')
    return {
      targetMet:
        merge.precision >= CN.precisionMin &&
        merge.recall >= CN.recallMin &&
        all.f1 >= CN.allF1Min &&
        reviews * CN.recordsPerReviewMin <= records,
    }
  if (reference === null || !name.startsWith('febrl')) return {}
  return {
    targetMet:
      merge.precision >= FEBRL.precisionMin && merge.f1 >= reference - FEBRL.behindReferenceMax,
  }
}

/** The best F1 of the reference: over its thresholds, as groups of records. */
function referenceF1(file: string): number | null {
  const text = readFileSync(identityPath('expected.json'), 'utf8')
  const expected = JSON.parse(text) as Record<string, { reference_em?: Record<string, unknown> }>
  const scores = Object.values(expected[file]?.reference_em ?? {}).flatMap((entry) => {
    const closed = (entry as { after_transitive_closure?: { f1: number } }).after_transitive_closure
    return closed ? [closed.f1] : []
  })
  return scores.length === 0 ? null : Math.max(...scores)
}
