import type { KeyRotation } from '../platform/key-rotation.entity.js'
import type { KeyServer } from '../platform/key-server.entity.js'
import type { SealingKey } from '../platform/sealing-key.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** The tables of the sealing keys, in words. */
export const keyTerms: TableTerms[] = [
  termsOf<SealingKey>(
    'sealing_key',
    ['密封密钥（不含密钥本身）', 'sealing key, not the key itself'],
    {
      id: ['密钥编号', 'key id', 'none'],
      fingerprint: ['指纹，看不出密钥', 'fingerprint, tells nothing of the key', 'none'],
      state: [
        '状态：published 已发布，active 使用中，old 只解不封，retired 已停用',
        'state',
        'none',
      ],
      publishedAtMs: ['发布时间', 'published at', 'none'],
      activatedAtMs: ['启用时间', 'activated at', 'none'],
      retiredAtMs: ['停用时间', 'retired at', 'none'],
    },
  ),
  termsOf<KeyServer>('key_server', ['运行中的服务器', 'running server'], {
    id: ['进程 id', 'id', 'none'],
    label: ['机器与进程号', 'machine and process', 'none'],
    keysHeld: [
      '持有的密钥：编号与指纹（JSON）',
      'keys it has: ids and fingerprints (JSON)',
      'none',
    ],
    sealsWith: ['用哪个密钥密封', 'key it seals with', 'none'],
    beats: ['心跳次数', 'heartbeats', 'none'],
    startedAtMs: ['启动时间', 'started at', 'none'],
    seenAtMs: ['最近心跳时间', 'last heartbeat at', 'none'],
  }),
  termsOf<KeyRotation>('key_rotation', ['密钥轮换', 'rotation of the sealing key'], {
    id: ['轮换 id', 'id', 'none'],
    openMark: ['进行中的标记，同时只有一个', 'mark of the open one', 'none'],
    state: ['状态：preparing 准备，publishing 发布，sealing 换密，done 完成', 'state', 'none'],
    toKeyId: ['换成哪个密钥', 'key it changes to', 'none'],
    runner: ['由哪个进程执行', 'process that works on it', 'none'],
    beats: ['执行心跳', 'heartbeats of the work', 'none'],
    place: ['正在换密的表与列', 'table and column being sealed anew', 'none'],
    lastKey: ['已看到哪一行（键，JSON）', 'key of the last row looked at (JSON)', 'none'],
    doneRows: ['已看行数', 'rows looked at', 'none'],
    totalRows: ['共有行数', 'rows in all', 'none'],
    resealedRows: ['已换密的值', 'values sealed anew', 'none'],
    startedAtMs: ['开始时间', 'started at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
  }),
]
