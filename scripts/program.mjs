// Runs one of the compiled programs, compiling first when that was never done:
//   node scripts/program.mjs server/dist/main.js [arguments…]
// Progress goes to stderr, so that what the program prints can be piped.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPages, buildPrograms, ROOT, runMain } from './build.mjs'

await runMain(async () => {
  // Settings may stand in a file, as `huike init` writes one; what is in the environment wins.
  if (process.env.HUIKE_ENV_FILE) process.loadEnvFile(process.env.HUIKE_ENV_FILE)
  const [entry, ...words] = process.argv.slice(2)
  const path = join(ROOT, entry)
  if (!existsSync(path)) {
    await buildPrograms()
    await buildPages()
  }
  process.argv = [process.argv[0], path, ...words]
  await import(pathToFileURL(path).href)
})
