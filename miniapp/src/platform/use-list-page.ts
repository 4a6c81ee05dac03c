import Taro, { useDidShow, usePullDownRefresh, useReachBottom } from '@tarojs/taro'
import { useEffect } from 'react'
import type { PagedRemote, PagedState } from '../data/paged-remote.js'
import type { SessionState } from '../session/session.js'
import { services } from './app-services.js'
import { useStore } from './use-store.js'

/** What a page over a paged list does: refresh when it comes into sight or is pulled, go on below. */
export function useListPage<P>(list: PagedRemote<P>): {
  readonly session: SessionState
  readonly state: PagedState<P>
} {
  const session = useStore(services.session)
  const state = useStore(list)
  useRefreshOnShow(list)
  usePullDownRefresh(() => {
    void refreshPulled(list)
  })
  useReachBottom(() => {
    void list.more()
  })
  return { session, state }
}

/** Asks again whenever the page comes into sight, the member changes or another list is chosen. */
export function useRefreshOnShow(remote: { refresh(): Promise<void> }): void {
  const { kind } = useStore(services.session)
  const refresh = () => {
    if (services.session.get().kind === 'member') void remote.refresh()
  }
  useEffect(refresh, [remote, kind])
  useDidShow(refresh)
}

/** Refreshes what was pulled down and lets the page spring back. */
export async function refreshPulled(remote: { refresh(): Promise<void> }): Promise<void> {
  if (services.session.get().kind === 'member') await remote.refresh()
  Taro.stopPullDownRefresh()
}
