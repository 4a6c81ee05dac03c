import { describe, expect, it } from '@jest/globals'
import { sourceFiles } from './source-files.js'

// Every way out of the house, listed. A message leaves through one door behind one gate; whoever adds
// another way has to add it here, and to answer for its consent.

const files = sourceFiles(/\.ts$/).filter(
  ({ path }) =>
    path.startsWith('server/') &&
    !path.startsWith('server/console/') &&
    !path.startsWith('server/sandbox/') &&
    !path.endsWith('.spec.ts'),
)

function filesWith(pattern: RegExp): string[] {
  return files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)
}

describe('every path by which a message can reach a member', () => {
  it('is looked for in all of the server', () => {
    expect(files.length).toBeGreaterThan(150)
  })

  it('speaks to a provider in two channels, and in nothing else', () => {
    expect(filesWith(/\bSendSms\b/)).toEqual(['server/messages/channels/sms-channel.ts'])
    expect(filesWith(/subscribe\/send/)).toEqual(['server/platform/wechat-subscribe.ts'])
    expect(filesWith(/\.sendSubscribeMessage\(|\.notify\(/)).toEqual([
      'server/messages/channels/wechat-channel.ts',
    ])
  })

  it('is called by the sender alone, with what was claimed', () => {
    expect(filesWith(/adapter\.send\(/)).toEqual(['server/messages/message-sender.service.ts'])
    expect(filesWith(/@Inject\(CHANNELS\)/).sort()).toEqual([
      'server/messages/message-reach.service.ts',
      'server/messages/message-sender.service.ts',
    ])
  })

  it('is claimed in one place, which asks the gate', () => {
    const claims = filesWith(/state: 'sending', nextAtMs/)
    expect(claims).toEqual(['server/messages/message-claim.service.ts'])
    const claim = files.find(({ path }) => path === claims[0])
    expect(claim?.text).toContain('decideSend(ask, facts, known.settings, known.nowMs)')
    // The inbox is written by the same claim; nobody else marks a message as sent before it was.
    expect(filesWith(/INSERT INTO message\b|insert\(\s*'message',/).sort()).toEqual([
      'server/messages/messages.service.ts',
    ])
  })

  it('opens a clear number or account only for that, for its owner, or written down', () => {
    expect(filesWith(/\.openidsOf\(/).sort()).toEqual([
      'server/messages/message-claim.service.ts',
      // Whom WeChat Pay lets pay: the member who just asked for it.
      'server/packs/pack-orders.service.ts',
    ])
    expect(filesWith(/\.identitiesOf\(/).sort()).toEqual([
      'server/doors/member/member-copy.service.ts',
      'server/flows/erasure.service.ts',
    ])
  })
})
