import { Button, View } from '@tarojs/components'
import { useShareAppMessage } from '@tarojs/taro'
import { useStore } from '../platform/use-store.js'
import { services } from '../platform/app-services.js'
import { texts } from '../texts.js'

/** What a shared page says, and that whoever opens it was brought by this member. */
export function useReferralShare(): void {
  const page = useStore(services.referrals)
  const code = page.kept?.value.code ?? null
  useShareAppMessage(() => ({
    title: texts.shareTitle,
    path: `/pages/home/index${code === null ? '' : `?ref=${code}`}`,
  }))
}

/** One's own code, and in WeChat the way to hand it on: nothing is given for sharing itself. */
export function OwnCode({ code }: { code: string }) {
  return (
    <>
      <View className="hk-fact">
        <View className="hk-fact__name">{texts.referralCode}</View>
        <View className="hk-fact__value">{code}</View>
      </View>
      {process.env.TARO_ENV === 'weapp' && (
        <View className="hk-card-end">
          <Button className="hk-button hk-button--quiet" openType="share">
            {texts.referralShare}
          </Button>
        </View>
      )}
    </>
  )
}
