import { Input, Picker, View, type InputProps } from '@tarojs/components'
import type { ReactNode } from 'react'
import { formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { texts } from '../../texts.js'

// The controls of the profile: one thing a member may tell, and below it what it is for.

const BIRTHDAY_MIN = '1920-01-01'
/** What the date wheel opens with when no birthday is known. */
const BIRTHDAY_FIRST_SHOWN = '1990-01-01'
const GENDERS = ['', 'female', 'male'] as const
type Gender = (typeof GENDERS)[number]

export function Field(props: {
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

/** A line of words. */
export function LineInput(props: {
  readonly label: string
  readonly placeholder: string
  readonly words: string
  readonly charactersMax: number
  /** nickname: WeChat offers the person's own above the keyboard; nothing is filled in by itself. */
  readonly type?: InputProps['type']
  readonly onInput: (words: string) => void
}) {
  const { label, placeholder, words, charactersMax, type = 'text', onInput } = props
  // In a browser the input that is read out is inside Taro's own element.
  const inBrowser = process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': label } } : {}
  return (
    <Input
      className="hk-input hk-input--field"
      type={type}
      maxlength={charactersMax}
      placeholder={placeholder}
      placeholderClass="hk-input__placeholder"
      ariaLabel={label}
      value={words}
      {...inBrowser}
      onInput={(event) => {
        onInput(event.detail.value)
      }}
    />
  )
}

export function BirthdayPicker(props: { birthday: string; onChoose: (day: string) => void }) {
  const { birthday, onChoose } = props
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
      <Chosen
        label={texts.birthdayLabel}
        words={birthday}
        placeholder={texts.birthdayPlaceholder}
      />
    </Picker>
  )
}

export function GenderPicker(props: { gender: Gender; onChoose: (gender: Gender) => void }) {
  const { gender, onChoose } = props
  const wordsOf = (one: Gender) => (one === '' ? texts.genderPlaceholder : texts.genders[one])
  return (
    <Picker
      mode="selector"
      range={GENDERS.map(wordsOf)}
      value={GENDERS.indexOf(gender)}
      onChange={(event) => {
        onChoose(GENDERS[Number(event.detail.value)] ?? '')
      }}
    >
      <Chosen
        label={texts.genderLabel}
        words={gender === '' ? '' : wordsOf(gender)}
        placeholder={texts.genderPlaceholder}
      />
    </Picker>
  )
}

/** What a wheel was left at; touching it opens the wheel. */
function Chosen(props: { label: string; words: string; placeholder: string }) {
  const { label, words, placeholder } = props
  const shown = words === '' ? placeholder : words
  return (
    <View
      className={`hk-input hk-input--field${words === '' ? ' hk-input__placeholder' : ''}`}
      ariaRole="button"
      ariaLabel={`${label} ${shown}`}
    >
      {shown}
    </View>
  )
}
