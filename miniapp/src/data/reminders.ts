import type { Subscriptions, SubscriptionAnswer } from '@huike/shared/contracts/account'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Result } from '../api/result.js'
import { texts } from '../texts.js'
import type { Keeper } from './keeper.js'
import { newId } from './new-id.js'
import type { Remote } from './remote.js'

// Permission to write to a member once in WeChat. WeChat asks the person only after a tap; what
// they answered is on the phone before it is sent, under an id minted with the prompt, and stays
// there until the server has settled it: told twice, it counts once; off line, it is told later.

/** Older clients take no more templates in one prompt. */
const TEMPLATES_MAX = 3
const ANSWERS_WAITING_MAX = 20

/** Refusals that no repetition will change: the answer is dropped. */
const FINAL_CODES: readonly string[] = [
  'input_invalid',
  'idempotency_conflict',
  'forbidden',
] satisfies OutcomeCode[]

/** What the person said to one template. */
export type TemplateAnswer = SubscriptionAnswer['answers'][number]

/** What came of one prompt: the person's answers, or the code WeChat failed with. */
export type PromptOutcome =
  | { readonly kind: 'answered'; readonly answers: readonly TemplateAnswer[] }
  | { readonly kind: 'failed'; readonly errorCode: number | null }

export interface ReminderPorts {
  /** Shows WeChat's prompt; null where there is no WeChat. To be called inside a tap. */
  readonly askForMessages: ((templateIds: readonly string[]) => Promise<PromptOutcome>) | null
  readonly keeper: Keeper
  readonly nowMs: () => number
  readonly chance: () => number
}

export interface Reminders {
  /** False in a browser: nothing may be offered. */
  readonly isPossible: boolean
  /** Asks WeChat and tells the server; gives what to say to the person, empty for nothing. */
  ask(): Promise<string>
  /** Sends what is waiting, oldest first. */
  flush(): Promise<void>
  reset(): void
}

export function createReminders(
  ports: ReminderPorts,
  subscriptions: Remote<Subscriptions>,
  tell: (answer: SubscriptionAnswer) => Promise<Result<Subscriptions>>,
): Reminders {
  const { askForMessages, keeper } = ports
  let waiting = keeper.read<SubscriptionAnswer[]>('prompt-answers') ?? []
  let running: Promise<void> | null = null

  function keepWaiting(next: SubscriptionAnswer[]): void {
    waiting = next
    keeper.write('prompt-answers', waiting)
  }

  async function sendAll(): Promise<void> {
    await sendInOrder()
    running = null
  }

  async function sendInOrder(): Promise<void> {
    for (let oldest = waiting[0]; oldest !== undefined; oldest = waiting[0]) {
      const sent = oldest
      const result = await tell(sent)
      if (!waiting.includes(sent)) return
      if (!result.ok && !FINAL_CODES.includes(result.code)) return
      keepWaiting(waiting.filter((answer) => answer !== sent))
      if (result.ok) subscriptions.accept(result.value)
    }
  }

  function flush(): Promise<void> {
    running ??= sendAll()
    return running
  }

  return {
    isPossible: askForMessages !== null,
    async ask() {
      const templateIds = templatesToAskFor(subscriptions.get().kept?.value)
      if (askForMessages === null || templateIds.length === 0) return ''
      const outcome = await askForMessages(templateIds)
      if (outcome.kind === 'failed') return promptFailureSentence(outcome.errorCode)
      const answers = outcome.answers.filter(({ templateId }) => templateIds.includes(templateId))
      if (answers.length === 0) return ''
      const askId = newId(ports.nowMs(), ports.chance) as SubscriptionAnswer['askId']
      const answer = { askId, answers: [...answers] }
      keepWaiting([...waiting, answer].slice(-ANSWERS_WAITING_MAX))
      await flush()
      return promptSentence(answers, waiting.includes(answer))
    },
    flush,
    reset() {
      waiting = []
      running = null
    },
  }
}

/** Those that are good for the fewest messages come first. */
function templatesToAskFor(known: Subscriptions | undefined): string[] {
  return [...(known?.templates ?? [])]
    .sort((one, other) => one.credits - other.credits)
    .slice(0, TEMPLATES_MAX)
    .map(({ templateId }) => templateId)
}

function promptSentence(answers: readonly TemplateAnswer[], isWaiting: boolean): string {
  const results = answers.map(({ result }) => result)
  if (results.includes('accept')) return isWaiting ? texts.remindLater : texts.remindAccepted
  if (results.includes('reject')) return texts.remindRejected
  return results.includes('ban') ? texts.remindBanned : ''
}

/**
 * What to say when WeChat showed no prompt; empty where nothing is lost. Codes of
 * wx.requestSubscribeMessage: 10005 the mini-program was in the background, 20004 the person turned
 * all of them off, the others are ours or the network's.
 */
export function promptFailureSentence(errorCode: number | null): string {
  switch (errorCode) {
    case 10005:
      return ''
    case 10002:
    case 10003:
      return texts.remindNetwork
    case 20004:
      return texts.remindSwitchedOff
    case 20005:
      return texts.remindBanned
    default:
      return texts.remindFailed
  }
}
