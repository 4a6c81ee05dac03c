import { keyWord, nullable, textWord } from '../platform/columns.js'
import { addsColumn } from '../platform/schema.js'

// One person, one record: what is known of a member, and the journal of merges.

/** Migrations 75 to 84. */
export const mergeTables = [
  addsColumn(75, 'member_profile', 'genderSealed', nullable(textWord)),
  addsColumn(76, 'member_profile', 'emailSealed', nullable(textWord)),
  addsColumn(77, 'member_profile', 'addressSealed', nullable(textWord)),
  addsColumn(78, 'member_profile', 'citySealed', nullable(textWord)),
  addsColumn(79, 'member_profile', 'toldBy', nullable(keyWord(500))),
]
