import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import { duplicatesIn } from '../../server/cli/dedupe.js'
import type { FoundPair } from '../../server/members/matching/match-record.js'
import { repositoryPath } from './repository.js'

// The files whose true answer is known, judged by what the dedupe command finds in them.

export interface IdentitySet {
  file: string
  /** As `--map` takes it. */
  map: string
}

/** How many of the pairs are right, and how many of the right ones are there. */
export interface Measure {
  pairs: number
  precision: number
  recall: number
  f1: number
}

export interface IdentityFigures {
  records: number
  truePairs: number
  reviews: number
  /** Pairs that would be merged without asking. */
  merge: Measure
  /** These and the ones a person would look at. */
  all: Measure
}

const FEBRL =
  'id=record_id,given_name=given_name,surname=surname,birthday=date_of_birth,' +
  'address=address_1,city=suburb,card=soc_sec_id'

/** Each known file with its columns. */
export const IDENTITY_SETS = {
  cn: {
    file: 'cn_members_synthetic',
    map:
      'id=record_id,name=name,phone=phone_raw,birthday=birthday,gender=gender,' +
      'city=city,card=member_card_no,openid=openid',
  },
  febrlA: { file: 'febrl_phone_A1000', map: `${FEBRL},phone=phone_number` },
  febrlC: { file: 'febrl_phone_C1000', map: `${FEBRL},phone=phone_number` },
  febrl1: { file: 'febrl1', map: FEBRL },
  splink: {
    file: 'splink_fake_1000',
    map: 'id=record_id,given_name=first_name,surname=surname,birthday=dob,city=city,email=email',
  },
} as const satisfies Record<string, IdentitySet>

/** A file of the data with known answers; benchmarks have no Jest, so this is not `data.ts`. */
export function identityPath(name: string): string {
  return repositoryPath('..', 'shared', 'data', 'analytics', 'identity', name)
}

/** Finds the duplicates of a file and compares them with the truth beside it. */
export async function identityFigures({ file, map }: IdentitySet): Promise<IdentityFigures> {
  const found = await duplicatesIn({ file: identityPath(`${file}.csv`), map }, () => undefined)
  const truth = parse<TruthRow>(readFileSync(identityPath(`${file}_truth.csv`)), { columns: true })
  const persons = new Map(truth.map((row) => [row.record_id, row.person_id ?? row.entity_id]))
  const sizes = new Map<unknown, number>()
  for (const person of persons.values()) sizes.set(person, (sizes.get(person) ?? 0) + 1)
  const truePairs = [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)
  const isTrue = ({ recordA, recordB }: FoundPair) => persons.get(recordA) === persons.get(recordB)
  const measure = (pairs: readonly FoundPair[]): Measure => {
    const right = pairs.filter(isTrue).length
    return {
      pairs: pairs.length,
      precision: right / pairs.length,
      recall: right / truePairs,
      f1: (2 * right) / (pairs.length + truePairs),
    }
  }
  const merges = found.pairs.filter(({ verdict }) => verdict === 'merge')
  return {
    records: found.records,
    truePairs,
    reviews: found.pairs.length - merges.length,
    merge: measure(merges),
    all: measure(found.pairs),
  }
}

interface TruthRow {
  record_id: string
  person_id?: string
  entity_id?: string
}
