import { describe, expect, it } from '@jest/globals'
import { profileChangeSchema, profileSchema } from '@huike/shared/contracts/account'
import { changeOf, draftOf } from './profile-draft.js'

const PROFILE = profileSchema.parse({
  ...{ phoneMasked: '138****8000', name: '小李', birthday: '1992-03-04', updatedAtMs: 1 },
  ...{ gender: 'female', email: 'li@example.com', city: '杭州', address: '文三路 1 号' },
})
const TOLD = {
  ...{ name: '小李', birthday: '1992-03-04', gender: 'female', email: 'li@example.com' },
  ...{ city: '杭州', address: '文三路 1 号' },
}

describe('the profile as it is typed', () => {
  it('goes back to the server as it came, when nothing was touched', () => {
    expect(profileChangeSchema.parse(changeOf(draftOf(PROFILE, {})))).toEqual(TOLD)
  })

  it('takes back what was emptied, and nothing else', () => {
    const draft = draftOf(PROFILE, { email: ' ', gender: '' })
    expect(changeOf(draft)).toEqual({ ...TOLD, email: null, gender: null })
  })

  it('shows what was typed before what the server says', () => {
    expect(draftOf(PROFILE, { city: '宁波' })).toMatchObject({ city: '宁波', name: '小李' })
  })

  it('is empty where an older version kept less', () => {
    const { phoneMasked, name, birthday, updatedAtMs, askFor } = PROFILE
    const older = { phoneMasked, name, birthday, updatedAtMs, askFor } as typeof PROFILE
    expect(draftOf(older, {})).toMatchObject({ gender: '', email: '', city: '', address: '' })
  })
})
