import {
  PROFILE_FIELDS,
  PROFILE_SOURCES,
  type Profile,
  type ProfileField,
  type ProfileSource,
  type Told,
} from './profiles.service.js'

// Which of two values stays when two records become one, field by field: what the member told beats
// what staff wrote down, that beats what a file said, and of two told alike the newer one stays. A
// value that is there always beats one that is missing. The losing value is kept in the journal.

export interface FieldSurvival {
  field: ProfileField
  winner: 'survivor' | 'absorbed'
  /** The losing value; null where only one side had any. */
  losing: string | null
  winning: string
  winningTold: Told
  losingTold: Told | null
  /** Why, for a person to read. */
  reason: string
}

const SOURCE_WORDS: Readonly<Record<ProfileSource, string>> = {
  self: '本人填写',
  staff: '店员登记',
  import: '文件导入',
}

/** The fields on which two profiles differ, each with the value that stays. */
export function survivingFields(
  survivor: Profile | undefined,
  absorbed: Profile | undefined,
): FieldSurvival[] {
  return PROFILE_FIELDS.flatMap((field): FieldSurvival[] => {
    const [kept, other] = [valueOf(survivor, field), valueOf(absorbed, field)]
    if (other === null || (kept !== null && isSame(kept.value, other.value))) return []
    if (kept === null)
      return [
        {
          ...{ field, winner: 'absorbed' as const, losing: null, losingTold: null },
          ...{ winning: other.value, winningTold: other.told, reason: '保留的档案没有填写' },
        },
      ]
    const beats = isBetter(other.told, kept.told)
    const [won, lost] = beats ? [other, kept] : [kept, other]
    return [
      {
        field,
        winner: beats ? ('absorbed' as const) : ('survivor' as const),
        losing: lost.value,
        winning: won.value,
        winningTold: won.told,
        losingTold: lost.told,
        reason: reasonOf(won.told, lost.told),
      },
    ]
  })
}

function valueOf(
  profile: Profile | undefined,
  field: ProfileField,
): { value: string; told: Told } | null {
  const value = profile?.[field] ?? null
  if (!profile || value === null) return null
  return { value, told: profile.told[field] ?? { source: 'import', atMs: 0 } }
}

function isSame(one: string, other: string): boolean {
  const folded = (text: string) => text.normalize('NFKC').trim().toLowerCase()
  return folded(one) === folded(other)
}

function isBetter(challenger: Told, holder: Told): boolean {
  const [own, others] = [rankOf(challenger), rankOf(holder)]
  return own === others ? challenger.atMs > holder.atMs : own < others
}

function rankOf({ source }: Told): number {
  return PROFILE_SOURCES.indexOf(source)
}

function reasonOf(won: Told, lost: Told): string {
  if (won.source !== lost.source)
    return `${SOURCE_WORDS[won.source]}优先于${SOURCE_WORDS[lost.source]}`
  return `都是${SOURCE_WORDS[won.source]}，保留较新的`
}
