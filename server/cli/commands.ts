import { readConfig, type Config } from '../platform/config.js'
import { CHECKPOINT_USAGE } from './checkpoint-usage.js'
import { IMPORT_USAGE } from './import-guide.js'
import { VERIFY_USAGE } from './verify-usage.js'

// Operator commands: what each is called, what it needs and what it does. They read the same settings
// as the server. On SQLite they may run beside it: each writes in one short transaction. A command is
// loaded when it is asked for: most need a small part of the server.

type Say = (line: string) => void
type Command = (config: Config, words: string[], say: Say) => Promise<number>
type Settings = NodeJS.ProcessEnv

const WRONG_WORDS = 2

const COMMANDS: Record<string, { run: Command; usage: string; what: string }> = {
  migrate: {
    run: async (...asked) => (await import('./migrate.js')).migrate(...asked),
    usage: 'migrate',
    what: '建立或升级数据库表',
  },
  seed: {
    run: async (...asked) => (await import('./seed.js')).seed(...asked),
    usage: 'seed | seed --members 会员数 --purchases 消费数',
    what: '写入演示数据(两家店、店员、会员与消费)，或一个大连锁的数据，仅限试用环境',
  },
  import: {
    run: async (...asked) => (await import('./import.js')).importFile(...asked),
    usage: IMPORT_USAGE,
    what: '从表格导入会员或订单：先检查整个文件，再导入；中断后再运行一次即继续',
  },
  verify: {
    run: async (...asked) => (await import('./verify.js')).verify(...asked),
    usage: VERIFY_USAGE,
    what: '重算积分账本和操作记录的链，指出第一处不符；把打印的摘要和检查点的副本另行保存，下次带上可查出被整段抹去的记录',
  },
  checkpoint: {
    run: async (...asked) => (await import('./checkpoint.js')).checkpoint(...asked),
    usage: CHECKPOINT_USAGE,
    what: '立即签发积分账本的检查点（平时每天一次）；导出全部检查点和验签公钥，供审计留存',
  },
  doctor: {
    run: async (...asked) => (await import('./doctor.js')).doctor(...asked),
    usage: 'doctor',
    what: '检查磁盘、时钟、数据库、密钥',
  },
  keys: {
    run: async (...asked) => (await import('./keys.js')).keys(...asked),
    usage: 'keys list | keys rotate [--wait 分钟] | keys retire 密钥编号 | keys secret [--add]',
    what: '查看密封密钥；不停机换成新密钥；停用旧密钥',
  },
  store: {
    run: async (...asked) => (await import('./admin-commands.js')).addStore(...asked),
    usage: 'store add 编号 名称 [时区]',
    what: '新建门店',
  },
  staff: {
    run: async (...asked) => (await import('./admin-commands.js')).staff(...asked),
    usage:
      'staff add 账号 姓名 [owner|operations|manager|cashier|analyst|auditor] [门店编号,门店编号…] | staff reset-totp 账号',
    what: '新建员工；店长与店员只管所列门店，不写则为现有的全部门店。重置丢失的动态口令，记入操作日志',
  },
  terminal: {
    run: async (config, words, say) => {
      const { enrolTerminal, revokeTerminal } = await import('./admin-commands.js')
      return (words[0] === 'revoke' ? revokeTerminal : enrolTerminal)(config, words, say)
    },
    usage: 'terminal enrol 门店编号 收银台编号 | terminal revoke 门店编号 收银台编号',
    what: '生成收银台登记码，或停用收银台',
  },
  apikey: {
    run: async (...asked) => (await import('./api-keys.js')).apiKey(...asked),
    usage: 'apikey add 名称 门店编号 权限[,权限] | apikey revoke 编号',
    what: '生成或停用开放接口的密钥',
  },
}

/** These need no settings: they make them, or tell what is always the same. */
const WITHOUT_SETTINGS: Record<
  string,
  {
    run: (words: string[], say: Say, settings: Settings) => number | Promise<number>
    usage: string
    what: string
  }
> = {
  init: {
    run: async (words, say) => (await import('./init.js')).init(words, say),
    usage: 'init 数据目录',
    what: '一次备好密钥和设置，告诉下一步',
  },
  dictionary: {
    run: async (words, say) => (await import('./dictionary.js')).dictionary(words, say),
    usage: 'dictionary',
    what: '打印数据字典（Markdown）',
  },
  dedupe: {
    run: async (words, say, settings) =>
      words.length === 1 && words[0] === '--members'
        ? (await import('./dedupe-members.js')).dedupeMembers(readConfig(settings), say)
        : (await import('./dedupe.js')).dedupe(words, say),
    usage: 'dedupe 文件.csv[.gz] [--map 字段=列名,…] --out 结果.csv | dedupe --members',
    what: '找出可能是同一个人的记录：导入前的文件，或全部会员（结果进入待确认列表）',
  },
  keyring: {
    run: async (words, say) => (await import('./keyring.js')).createKeyring(words, say),
    usage: 'keyring create 文件路径',
    what: '生成密钥文件',
  },
}

/**
 * Runs the command that the words name, with the settings given. Answers the exit code: 0 for done,
 * 1 for refused or failed, 2 for words that mean nothing. What it has to tell goes to `say`, what
 * stopped it to `complain`.
 */
export async function runCommand(
  [name = '', ...words]: readonly string[],
  settings: Settings,
  { say, complain }: { say: Say; complain: Say },
): Promise<number> {
  const command = COMMANDS[name]
  const withoutSettings = WITHOUT_SETTINGS[name]
  if (!command && !withoutSettings) {
    say('用法：npm run huike -- <命令>')
    for (const { usage, what } of Object.values({ ...WITHOUT_SETTINGS, ...COMMANDS }))
      say(`  ${usage}\n      ${what}`)
    return name === '' || name === 'help' ? 0 : WRONG_WORDS
  }
  try {
    const running = withoutSettings
      ? withoutSettings.run(words, say, settings)
      : command?.run(readConfig(settings), words, say)
    return (await running) ?? 0
  } catch (error) {
    complain((error as Error).message)
    return 1
  }
}
