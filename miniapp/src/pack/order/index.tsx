import { View } from '@tarojs/components'
import Taro, { useDidHide, useDidShow, usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { PackGrantView, PackOrderWhole } from '@huike/shared/contracts/packs'
import { PACK_ORDER_WORDS, PACK_REFUND_WORDS } from '@huike/shared/pack-words'
import { fen, formatFen } from '@huike/shared/quantities'
import { isPassing, type Result } from '../../api/result.js'
import { PrimaryButton, QuietButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { Remote } from '../../data/remote.js'
import { formatStoreDate, formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 4
const LOOK_EVERY_MS = 2_000
/** As long as somebody waits; after it, pulling down looks again. */
const LOOKS_MAX = 45
/** What ends by itself, soon. */
const MOVING: ReadonlySet<string> = new Set(['created', 'prepaid', 'paid', 'refunding'])
const UNPAID: ReadonlySet<string> = new Set(['created', 'prepaid'])

/** One order: whether it is paid, as the server knows it, its coupons, and giving unused ones back. */
export default function Order() {
  const { id } = useRouter().params
  const session = useStore(services.session)
  return (
    <Screen title={texts.titles.packOrder}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPacks} />
      ) : id === undefined ? (
        <EmptyNotice title={texts.failedTitle} sentence={texts.packOrderGone} />
      ) : (
        <OrderOf id={id} />
      )}
    </Screen>
  )
}

function OrderOf({ id }: { id: string }) {
  const remote = useMemo(() => services.packs.order(id), [id])
  const state = useStore(remote)
  useLooks(remote)
  usePullDownRefresh(() => {
    void refreshPulled(remote)
  })
  return (
    <RemoteView
      state={state}
      onRetry={() => void remote.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(order) => <OrderView order={order} remote={remote} />}
    </RemoteView>
  )
}

/** Looks again while something is under way and the page is in sight. */
function useLooks(remote: Remote<PackOrderWhole>): void {
  const isSeen = useRef(true)
  useDidShow(() => {
    isSeen.current = true
    void remote.refresh()
  })
  useDidHide(() => {
    isSeen.current = false
  })
  useEffect(() => {
    void remote.refresh()
    let looks = 0
    let timer = setTimeout(look, LOOK_EVERY_MS)
    function look() {
      const order = remote.get().kept?.value
      const isWanted = isSeen.current && (order === undefined || MOVING.has(order.state))
      if (isWanted) {
        looks += 1
        void remote.refresh()
      }
      if (looks < LOOKS_MAX) timer = setTimeout(look, LOOK_EVERY_MS)
    }
    return () => {
      clearTimeout(timer)
    }
  }, [remote])
}

function OrderView({ order, remote }: { order: PackOrderWhole; remote: Remote<PackOrderWhole> }) {
  const { title, totalFen, state, createdAtMs, refundedFen } = order
  return (
    <>
      <View className="hk-total">
        <View className="hk-total__label" ariaLive="polite">
          {PACK_ORDER_WORDS[state]}
        </View>
        <View className="hk-total__figure">{formatFen(totalFen)}</View>
        <View className="hk-total__store">{title}</View>
      </View>
      {UNPAID.has(state) && <Pay order={order} remote={remote} />}
      {state === 'issued' && <TextButton label={texts.couponToWallet} onPress={goTo.coupons} />}
      <Grants order={order} remote={remote} />
      <View className="hk-card">
        <View className="hk-card__title">{texts.packOrderTitle}</View>
        <Fact name={texts.packPlaced} value={formatStoreTime(createdAtMs)} />
        {order.paidAtMs !== null && (
          <Fact name={texts.packPaid} value={formatStoreTime(order.paidAtMs)} />
        )}
        {refundedFen > 0 && <Fact name={texts.fieldRefunded} value={formatFen(refundedFen)} />}
        {order.refunds.map((refund) => (
          <Fact
            key={refund.createdAtMs}
            name={(refund.isByShop ? texts.packRefundByShop : texts.packRefundOf)(
              formatFen(refund.refundFen),
              refund.coupons,
            )}
            value={PACK_REFUND_WORDS[refund.state]}
          />
        ))}
      </View>
    </>
  )
}

function Pay({ order, remote }: { order: PackOrderWhole; remote: Remote<PackOrderWhole> }) {
  const { payInSandbox, payAgain } = services.packs
  const { message, isBusy, send } = useSending()
  const pay = async () => {
    if (payInSandbox === null) await send(() => payAgain(order.orderId))
    else {
      const paid = await send(() => payInSandbox(order.orderId))
      if (paid?.ok) remote.accept(paid.value)
    }
    void remote.refresh()
  }
  return (
    <View className="hk-card">
      <View className="hk-card__note">
        {texts.packPayBy(formatStoreTime(order.expiresAtMs))}
        {payInSandbox !== null && texts.packSandbox}
      </View>
      <SpokenMessage message={message} isGood={false} />
      <PrimaryButton
        label={payInSandbox === null ? texts.packPay : texts.packPaySandbox}
        isBusy={isBusy}
        onPress={() => void pay()}
      />
    </View>
  )
}

function Grants({ order, remote }: { order: PackOrderWhole; remote: Remote<PackOrderWhole> }) {
  const { message, isBusy, send } = useSending()
  const { grants, refundableFen } = order
  if (grants.length === 0) return null
  const giveBack = async (seqs: number[] | null, words: string) => {
    const answer = await Taro.showModal({
      title: texts.packRefundTitle,
      content: words,
      confirmText: texts.packRefundConfirm,
      cancelText: texts.cancel,
    })
    if (!answer.confirm) return
    const asked = await send(() => services.packs.refund(order, seqs))
    if (asked?.ok) remote.accept(asked.value)
    else void remote.refresh()
  }
  const able = grants.filter(({ isRefundable }) => isRefundable)
  return (
    <View className="hk-card">
      <View className="hk-card__title">{texts.packGrantsTitle}</View>
      {grants.map((grant) => (
        <Grant
          key={grant.seq}
          grant={grant}
          onBack={
            grant.isRefundable && able.length > 1 && !isBusy
              ? () => void giveBack([grant.seq], texts.packRefundOne(formatFen(grant.shareFen)))
              : null
          }
        />
      ))}
      <SpokenMessage message={message} isGood={false} />
      {able.length > 0 && (
        <QuietButton
          label={texts.packRefundAll(able.length, formatFen(fen(refundableFen)))}
          isBusy={isBusy}
          onPress={() =>
            void giveBack(
              null,
              texts.packRefundSentence(able.length, formatFen(fen(refundableFen))),
            )
          }
        />
      )}
    </View>
  )
}

function Grant({ grant, onBack }: { grant: PackGrantView; onBack: (() => void) | null }) {
  const { name, headline, state, dueAtMs, shareFen } = grant
  const words =
    state === 'due' ? texts.packDue(formatStoreDate(dueAtMs)) : texts.packGrantState[state]
  return (
    <View className="hk-line hk-pack__grant">
      <View className="hk-line__name">
        {headline}
        <View className="hk-line__quantity">{`${name}，${words}`}</View>
      </View>
      {onBack === null ? (
        <View className="hk-line__amount">{formatFen(shareFen)}</View>
      ) : (
        <TextButton label={texts.packRefundButton(formatFen(shareFen))} onPress={onBack} />
      )}
    </View>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <View className="hk-fact">
      <View className="hk-fact__name">{name}</View>
      <View className="hk-fact__value">{value}</View>
    </View>
  )
}

/** Sends one thing at a time, and says why it did not go. */
function useSending() {
  const [message, say] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const send = async <T,>(work: () => Promise<Result<T>>): Promise<Result<T> | null> => {
    if (isBusy) return null
    setIsBusy(true)
    say('')
    const result = await work()
    setIsBusy(false)
    if (!result.ok) say(isPassing(result) ? texts.packUnsure : result.sentence)
    return result
  }
  return { message, isBusy, send }
}
