import { View } from '@tarojs/components'
import { usePullDownRefresh } from '@tarojs/taro'
import type { LevelPage } from '@huike/shared/contracts/levels'
import { Heading } from '../../components/heading.js'
import { Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { RemoteView, SkeletonRows } from '../../components/states.js'
import { figureSize, formatPoints, formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 6

/** The level: what it is, the way to the next, what each gives, and how it came. */
export default function LevelScreen() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.level)
  })
  return (
    <Screen title={texts.titles.level}>
      {session.kind === 'member' ? (
        <LevelOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForLevel} />
      )}
    </Screen>
  )
}

function LevelOfMember() {
  const state = useStore(services.level)
  useRefreshOnShow(services.level)
  return (
    <RemoteView
      state={state}
      onRetry={() => void services.level.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(level) => (
        <>
          <Standing level={level} />
          <Levels level={level} />
          <Rules level={level} />
          <History level={level} />
        </>
      )}
    </RemoteView>
  )
}

function Standing({ level }: { level: LevelPage }) {
  const growth = formatPoints(level.growth)
  const { validUntil, progress, keeping } = level
  const lines = [
    validUntil === null ? texts.levelForEver : texts.levelUntil(validUntil),
    progress,
    keeping,
  ]
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={level.name} />
      <View className="hk-balance__label">{texts.growthLabel}</View>
      <View className={`hk-balance__figure${figureSize(growth)}`}>{growth}</View>
      {lines.map((line) =>
        line === null ? null : (
          <View key={line} className="hk-card__note">
            {line}
          </View>
        ),
      )}
    </View>
  )
}

function Levels({ level }: { level: LevelPage }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.levelsTitle} />
      {level.levels.map(({ code, name, threshold, isOwn, benefits }) => {
        const words = benefits.length === 0 ? texts.levelNoBenefits : benefits.join('；')
        const needs =
          threshold === 0 ? texts.levelEverybody : texts.levelThreshold(formatPoints(threshold))
        const mine = isOwn ? texts.levelOwn : ''
        return (
          <Row
            key={code}
            label={`${name} ${mine} ${needs} ${words}`}
            main={
              <>
                <View className="hk-row__title">{name}</View>
                <View className="hk-row__sentence">{words}</View>
                <View className="hk-row__time">{needs}</View>
              </>
            }
            figure={<View className="hk-row__time">{mine}</View>}
          />
        )
      })}
    </View>
  )
}

function Rules({ level }: { level: LevelPage }) {
  if (level.rules.length === 0) return null
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.levelRulesTitle} />
      {level.rules.map((sentence) => (
        <View key={sentence} className="hk-card__note">
          {sentence}
        </View>
      ))}
    </View>
  )
}

function History({ level }: { level: LevelPage }) {
  if (level.history.length === 0) return null
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.levelHistoryTitle} />
      {level.history.map(({ id, reason, toName, explanation, atMs }) => {
        const title = texts.levelChange(reason, toName)
        const time = formatStoreDate(atMs)
        return (
          <Row
            key={id}
            label={`${title} ${explanation} ${time}`}
            main={
              <>
                <View className="hk-row__title">{title}</View>
                <View className="hk-row__sentence">{explanation}</View>
              </>
            }
            figure={<View className="hk-row__time">{time}</View>}
          />
        )
      })}
    </View>
  )
}
