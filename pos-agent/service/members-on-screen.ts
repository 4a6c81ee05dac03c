import type { CashierMember } from '@huike/shared/contracts/cashier'
import type { AgentMember } from '@huike/shared/contracts/agent'
import type { Store } from '../store/store.js'

// The members that pages of this till show. When the server settled something of theirs, the page is
// told the new balance at once, and what only the server knows (number, level, visits) a moment later.

const MEMBERS_MAX = 8
/** The server counts visits just after it has answered. */
const ASK_AFTER_MS = 300

export interface MembersOnScreenPorts {
  store: Store
  /** The member as the server knows it now; null when it does not answer. */
  ask: (memberId: string) => Promise<AgentMember | null>
  /** Tells the pages. */
  tell: (member: CashierMember) => void
  onError: (error: unknown) => void
}

export class MembersOnScreen {
  /** As the page knows them: an id minted here may stand for a member of the server's. */
  private shown: string[] = []
  private readonly timers = new Set<NodeJS.Timeout>()

  constructor(private readonly ports: MembersOnScreenPorts) {}

  /** A page shows this member now. */
  show(memberId: string): void {
    this.shown = [...this.shown.filter((id) => id !== memberId), memberId].slice(-MEMBERS_MAX)
  }

  /** No page is open any more. */
  clear(): void {
    this.shown = []
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }

  /** Something of these members was settled: tells what is known now, and asks for the rest. */
  settled(memberIds: readonly string[]): void {
    this.changed(memberIds)
    if (this.shown.length === 0) return
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      this.inTheBackground(this.askAbout(memberIds))
    }, ASK_AFTER_MS)
    this.timers.add(timer)
  }

  /** What is known of these members changed: tells it. */
  changed(memberIds: readonly string[]): void {
    if (this.shown.length > 0) this.inTheBackground(this.tellOf(memberIds))
  }

  private async askAbout(memberIds: readonly string[]): Promise<void> {
    for (const { shownId, member } of await this.concerned(memberIds)) {
      const found = await this.ports.ask(member.memberId)
      if (found) this.tell(shownId, await this.ports.store.members.keep(found, null))
    }
  }

  private async tellOf(memberIds: readonly string[]): Promise<void> {
    for (const { shownId, member } of await this.concerned(memberIds)) this.tell(shownId, member)
  }

  private tell(shownId: string, member: CashierMember): void {
    this.ports.tell({ ...member, memberId: shownId as CashierMember['memberId'] })
  }

  /** Those of `memberIds` that are on screen, as the cache has them. */
  private async concerned(
    memberIds: readonly string[],
  ): Promise<{ shownId: string; member: CashierMember }[]> {
    const found = await Promise.all(
      this.shown.map(async (shownId) => ({
        shownId,
        member: await this.ports.store.members.find(shownId),
      })),
    )
    return found.flatMap(({ shownId, member }) =>
      member !== null && memberIds.includes(member.memberId) ? [{ shownId, member }] : [],
    )
  }

  private inTheBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.ports.onError(error)
    })
  }
}
