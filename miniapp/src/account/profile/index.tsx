import { View } from '@tarojs/components'
import Taro, { usePullDownRefresh } from '@tarojs/taro'
import { useState } from 'react'
import type { Profile, ProfileChange } from '@huike/shared/contracts/account'
import { PrimaryButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { RemoteView, SkeletonRows } from '../../components/states.js'
import { services } from '../../platform/app-services.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { BirthdayPicker, Field, GenderPicker, LineInput } from './fields.js'
import { changeOf, draftOf, type ProfileDraft } from './profile-draft.js'

const SKELETON_ROWS = 6
/** As the contract has them, whose values stay out of the mini-program. */
const CHARACTERS_MAX = { name: 20, email: 100, city: 30, address: 100 } as const
/** What is longer runs out of the field at large type: it is shown whole below. */
const CHARACTERS_SEEN = 11
const LINES = [
  {
    field: 'email',
    label: texts.emailLabel,
    placeholder: texts.emailPlaceholder,
    why: texts.emailWhy,
  },
  {
    field: 'city',
    label: texts.cityLabel,
    placeholder: texts.cityPlaceholder,
    why: texts.cityWhy,
  },
  {
    field: 'address',
    label: texts.addressLabel,
    placeholder: texts.addressPlaceholder,
    why: texts.addressWhy,
  },
] as const

/** The profile: what a member may tell, what each thing is for, and a way past all of it. */
export default function ProfileScreen() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.profile)
  })
  return (
    <Screen title={texts.titles.profile}>
      {session.kind === 'member' ? (
        <ProfileOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForProfile} />
      )}
    </Screen>
  )
}

function ProfileOfMember() {
  const state = useStore(services.profile)
  useRefreshOnShow(services.profile)
  return (
    <RemoteView
      state={state}
      onRetry={() => void services.profile.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(profile) => <ProfileForm profile={profile} />}
    </RemoteView>
  )
}

/** Each may be left empty, and says what it is for. */
function ProfileForm({ profile }: { profile: Profile }) {
  const [typed, setTyped] = useState<Partial<ProfileDraft>>({})
  const { isBusy, message, isGood, save } = useSaving()
  const draft = draftOf(profile, typed)
  const type = (changes: Partial<ProfileDraft>) => {
    setTyped((before) => ({ ...before, ...changes }))
  }
  return (
    <>
      <View className="hk-lead">{texts.profileLead}</View>
      <View className="hk-card">
        <Field label={texts.nameLabel} why={texts.nameWhy}>
          <LineInput
            label={texts.nameLabel}
            placeholder={texts.namePlaceholder}
            type="nickname"
            charactersMax={CHARACTERS_MAX.name}
            words={draft.name}
            onInput={(name) => {
              type({ name })
            }}
          />
          <Whole words={draft.name} />
        </Field>
        <Field label={texts.birthdayLabel} why={texts.birthdayWhy}>
          <BirthdayPicker
            birthday={draft.birthday}
            onChoose={(birthday) => {
              type({ birthday })
            }}
          />
          {draft.birthday !== '' && (
            <TextButton
              label={texts.birthdayClear}
              onPress={() => {
                type({ birthday: '' })
              }}
            />
          )}
        </Field>
        <Field label={texts.genderLabel} why={texts.genderWhy}>
          <GenderPicker
            gender={draft.gender}
            onChoose={(gender) => {
              type({ gender })
            }}
          />
        </Field>
        {LINES.map(({ field, label, placeholder, why }) => (
          <Field key={field} label={label} why={why}>
            <LineInput
              label={label}
              placeholder={placeholder}
              charactersMax={CHARACTERS_MAX[field]}
              words={draft[field]}
              onInput={(words) => {
                type({ [field]: words })
              }}
            />
            <Whole words={draft[field]} />
          </Field>
        ))}
        <Field label={texts.phoneLabel} why={texts.profilePhoneWhy}>
          <View className="hk-field__value">{profile.phoneMasked}</View>
        </Field>
      </View>
      <SpokenMessage message={message} isGood={isGood} />
      <PrimaryButton
        label={isBusy ? texts.saving : texts.save}
        isBusy={isBusy}
        onPress={() => void save(changeOf(draft))}
      />
      <TextButton label={texts.profileLater} onPress={() => void Taro.navigateBack()} />
    </>
  )
}

/** Words that run out of their field, once more below it. */
function Whole({ words }: { words: string }) {
  return words.length > CHARACTERS_SEEN ? <View className="hk-field__whole">{words}</View> : null
}

/** One attempt at a time, and what came of the last one. */
function useSaving() {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const [isGood, setGood] = useState(true)
  const save = async (change: ProfileChange) => {
    setBusy(true)
    setMessage('')
    const result = await services.saveProfile(change)
    setBusy(false)
    setGood(result.ok)
    setMessage(result.ok ? texts.saved : result.sentence)
  }
  return { isBusy, message, isGood, save }
}
