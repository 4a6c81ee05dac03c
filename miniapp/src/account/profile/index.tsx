import { Input, Picker, View } from '@tarojs/components'
import Taro, { usePullDownRefresh } from '@tarojs/taro'
import { useState, type ReactNode } from 'react'
import type { Profile, ProfileChange } from '@huike/shared/contracts/account'
import { PrimaryButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { RemoteView, SkeletonRows } from '../../components/states.js'
import { formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 3
/** As the contract has it, whose values stay out of the mini-program. */
const NAME_CHARACTERS_MAX = 20
/** A longer name runs out of the field at large type: it is shown whole below. */
const NAME_CHARACTERS_SEEN = 11
const BIRTHDAY_MIN = '1920-01-01'
/** What the date wheel opens with when no birthday is known. */
const BIRTHDAY_FIRST_SHOWN = '1990-01-01'

/** The profile: two things a member may tell, what each is for, and a way past both. */
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

/** What was typed wins over what the server says until it is saved. */
function ProfileForm({ profile }: { profile: Profile }) {
  const [typedName, setTypedName] = useState<string | null>(null)
  const [chosenDay, setChosenDay] = useState<string | null>(null)
  const { isBusy, message, isGood, save } = useSaving()
  const name = typedName ?? profile.name ?? ''
  const birthday = chosenDay ?? profile.birthday ?? ''
  return (
    <>
      <View className="hk-lead">{texts.profileLead}</View>
      <View className="hk-card">
        <Field label={texts.nameLabel} why={texts.nameWhy}>
          <NameInput name={name} onInput={setTypedName} />
          {name.length > NAME_CHARACTERS_SEEN && <View className="hk-field__whole">{name}</View>}
        </Field>
        <Field label={texts.birthdayLabel} why={texts.birthdayWhy}>
          <BirthdayPicker birthday={birthday} onChoose={setChosenDay} />
          {birthday !== '' && (
            <TextButton
              label={texts.birthdayClear}
              onPress={() => {
                setChosenDay('')
              }}
            />
          )}
        </Field>
        <Field label={texts.phoneLabel} why={texts.profilePhoneWhy}>
          <View className="hk-field__value">{profile.phoneMasked}</View>
        </Field>
      </View>
      <SpokenMessage message={message} isGood={isGood} />
      <PrimaryButton
        label={isBusy ? texts.saving : texts.save}
        isBusy={isBusy}
        onPress={() => void save(changeOf(name, birthday))}
      />
      <TextButton label={texts.profileLater} onPress={() => void Taro.navigateBack()} />
    </>
  )
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

function changeOf(name: string, birthday: string): ProfileChange {
  const trimmed = name.trim()
  return {
    name: trimmed === '' ? null : trimmed,
    birthday: birthday === '' ? null : (birthday as ProfileChange['birthday']),
  }
}

function Field(props: {
  readonly label: string
  readonly why: string
  readonly children: ReactNode
}) {
  return (
    <View className="hk-field">
      <View className="hk-field__label">{props.label}</View>
      {props.children}
      <View className="hk-field__why">{props.why}</View>
    </View>
  )
}

/** WeChat offers the person's own nickname above the keyboard; nothing is filled in by itself. */
function NameInput({ name, onInput }: { name: string; onInput: (name: string) => void }) {
  // In a browser the input that is read out is inside Taro's own element.
  const inBrowser =
    process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': texts.nameLabel } } : {}
  return (
    <Input
      className="hk-input hk-input--field"
      type="nickname"
      maxlength={NAME_CHARACTERS_MAX}
      placeholder={texts.namePlaceholder}
      placeholderClass="hk-input__placeholder"
      ariaLabel={texts.nameLabel}
      value={name}
      {...inBrowser}
      onInput={(event) => {
        onInput(event.detail.value)
      }}
    />
  )
}

function BirthdayPicker(props: { birthday: string; onChoose: (day: string) => void }) {
  const { birthday, onChoose } = props
  const shown = birthday === '' ? texts.birthdayPlaceholder : birthday
  return (
    <Picker
      mode="date"
      start={BIRTHDAY_MIN}
      end={formatStoreDate(services.session.serverNowMs())}
      value={birthday === '' ? BIRTHDAY_FIRST_SHOWN : birthday}
      onChange={(event) => {
        onChoose(event.detail.value)
      }}
    >
      <View
        className={`hk-input hk-input--field${birthday === '' ? ' hk-input__placeholder' : ''}`}
        ariaRole="button"
        ariaLabel={`${texts.birthdayLabel} ${shown}`}
      >
        {shown}
      </View>
    </Picker>
  )
}
