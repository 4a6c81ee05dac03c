// Runs one compiled benchmark. Benchmarks import the programs by their place in the tree
// (`../../server/…`), and compiled they lie in .build/tests/, where the programs are not: the hook
// leads such imports to the programs' own compiled files.
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

register('./compiled-programs-hook.mjs', import.meta.url)

const { bench } = await import(pathToFileURL(process.argv[2]).href)
await bench()
