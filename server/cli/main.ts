import { runCommand } from './commands.js'

// `npm run huike -- <command>`: one operator command, from the environment.

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  say: (line) => {
    process.stdout.write(`${line}\n`)
  },
  complain: (line) => {
    process.stderr.write(`${line}\n`)
  },
})
