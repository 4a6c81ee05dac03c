import { Button } from '@tarojs/components'
import { spoken } from '../platform/press.js'

interface PrimaryButtonProps {
  readonly label: string
  readonly onPress: () => void
  readonly isBusy?: boolean
}

/** The one thing a page asks for. */
export function PrimaryButton({ label, onPress, isBusy = false }: PrimaryButtonProps) {
  return (
    <Button
      className={`hk-button hk-button--primary${isBusy ? ' hk-button--busy' : ''}`}
      disabled={isBusy}
      onClick={onPress}
    >
      {label}
    </Button>
  )
}

/** WeChat's phone button: gives a code for the phone number, or null when the person declines. */
export function PhoneButton(props: {
  readonly label: string
  readonly isBusy: boolean
  readonly onAnswer: (code: string | null) => void
}) {
  return (
    <Button
      className={`hk-button hk-button--primary${props.isBusy ? ' hk-button--busy' : ''}`}
      disabled={props.isBusy}
      openType="getPhoneNumber"
      onGetPhoneNumber={(event) => {
        const code: unknown = event.detail.code
        props.onAnswer(typeof code === 'string' && code !== '' ? code : null)
      }}
    >
      {props.label}
    </Button>
  )
}

/**
 * A second choice beside the one thing a page asks for. `about` tells several of the same label apart
 * for a screen reader.
 */
export function QuietButton(props: PrimaryButtonProps & { readonly about?: string }) {
  const { label, onPress, isBusy = false, about } = props
  return (
    <Button
      className={`hk-button hk-button--quiet${isBusy ? ' hk-button--waiting' : ''}`}
      disabled={isBusy}
      {...(about === undefined ? {} : spoken(`${label} ${about}`))}
      onClick={onPress}
    >
      {label}
    </Button>
  )
}

/** A lesser action, as text with a full touch target. */
export function TextButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <Button className="hk-button hk-button--text" onClick={onPress}>
      {label}
    </Button>
  )
}
