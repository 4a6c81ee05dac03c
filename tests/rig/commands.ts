// Operator commands: run in the test's own process, which has the server loaded already, or as the
// compiled program that an operator starts.
import { runCommand } from '../../server/cli/commands.js'
import { startProgram } from './processes.js'
import { repositoryPath } from './repository.js'

/** What a command left: its exit code, and what it said on both streams. */
export interface Ran {
  code: number | null
  output: string
}

type Settings = Readonly<Record<string, string>>

/** Runs `huike <words>` in this process, with these settings and none of the environment's. */
export async function runHere(words: readonly string[], settings: Settings): Promise<Ran> {
  const lines: string[] = []
  const say = (line: string) => {
    lines.push(`${line}\n`)
  }
  const code = await runCommand(words, settings, { say, complain: say })
  return { code, output: lines.join('') }
}

/** Runs `huike <words>` compiled, in a process of its own. */
export async function runProgram(words: readonly string[], settings: Settings): Promise<Ran> {
  const program = startProgram({
    args: [repositoryPath('server/dist/cli/main.js'), ...words],
    env: { NODE_ENV: undefined, ...settings },
  })
  const { code } = await program.exited
  return { code, output: program.output() }
}
