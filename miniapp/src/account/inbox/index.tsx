import { View } from '@tarojs/components'
import { useEffect } from 'react'
import type { InboxMessage, InboxPage } from '@huike/shared/contracts/account'
import { ListEnd } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { useListPage } from '../../platform/use-list-page.js'
import { useSight } from '../../platform/use-sight.js'
import { texts } from '../../texts.js'
import { ReminderCard } from '../reminder-card.js'

const SKELETON_ROWS = 5

/** The inbox: what the chain wrote to this member. What is shown here counts as read. */
export default function InboxScreen() {
  const { session, state } = useListPage(services.inbox)
  return (
    <Screen title={texts.titles.inbox}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForInbox} />
      ) : (
        <>
          <ReminderCard />
          <RemoteView
            state={state}
            onRetry={() => void services.inbox.refresh()}
            skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
          >
            {(page) => (
              <>
                <Messages page={page} />
                {page.messages.length > 0 && (
                  <ListEnd state={state} onMore={() => void services.inbox.more()} />
                )}
              </>
            )}
          </RemoteView>
        </>
      )}
    </Screen>
  )
}

function Messages({ page }: { page: InboxPage }) {
  const isShown = useSight()
  useEffect(() => {
    if (isShown) void services.inbox.markShown()
  }, [isShown, page])
  if (page.messages.length === 0)
    return <EmptyNotice title={texts.inboxEmptyTitle} sentence={texts.inboxEmpty} />
  return (
    <View className="hk-card">
      {page.messages.map((message) => (
        <Message key={message.id} message={message} />
      ))}
    </View>
  )
}

function Message({ message }: { message: InboxMessage }) {
  const time = formatStoreTime(message.sentAtMs)
  const mark = message.isRead ? '' : `${texts.unread} `
  return (
    <View
      className="hk-mail"
      ariaRole="group"
      ariaLabel={`${mark}${message.title} ${message.body} ${time}`}
    >
      <View className="hk-mail__title">
        {!message.isRead && <View className="hk-mail__dot" />}
        {message.title}
      </View>
      <View className="hk-mail__body">{message.body}</View>
      <View className="hk-row__time">{time}</View>
    </View>
  )
}
