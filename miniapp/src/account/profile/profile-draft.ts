import type { Profile, ProfileChange } from '@huike/shared/contracts/account'

// What was typed into the profile wins over what the server says until it is saved. An empty field
// takes back what was told.

/** The fields as they are on the screen; empty is not told. */
export interface ProfileDraft {
  name: string
  birthday: string
  gender: '' | 'female' | 'male'
  email: string
  city: string
  address: string
}

/** What is shown: what was typed, else what the server says. */
export function draftOf(profile: Profile, typed: Partial<ProfileDraft>): ProfileDraft {
  // A profile that was kept by an older version knows less.
  const known: Partial<Profile> = profile
  return {
    name: known.name ?? '',
    birthday: known.birthday ?? '',
    gender: known.gender ?? '',
    email: known.email ?? '',
    city: known.city ?? '',
    address: known.address ?? '',
    ...typed,
  }
}

/** The draft as the server takes it. */
export function changeOf(draft: ProfileDraft): ProfileChange {
  const words = (field: keyof ProfileDraft) => {
    const trimmed = draft[field].trim()
    return trimmed === '' ? null : trimmed
  }
  return {
    name: words('name'),
    birthday: words('birthday') as ProfileChange['birthday'],
    gender: draft.gender === '' ? null : draft.gender,
    email: words('email'),
    city: words('city'),
    address: words('address'),
  }
}
