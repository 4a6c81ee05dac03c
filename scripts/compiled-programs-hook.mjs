// A resolve hook of Node: `.build/tests/server/x.js` means `server/dist/x.js`, likewise for the
// agent and shared.
const COMPILED_TESTS = new URL('../.build/tests/', import.meta.url).href
const PROGRAMS = ['server', 'pos-agent', 'shared']

export function resolve(specifier, context, nextResolve) {
  if (!specifier.startsWith('.') || !context.parentURL?.startsWith(COMPILED_TESTS)) {
    return nextResolve(specifier, context)
  }
  const place = new URL(specifier, context.parentURL).href.slice(COMPILED_TESTS.length)
  const program = PROGRAMS.find((name) => place.startsWith(`${name}/`))
  if (!program) return nextResolve(specifier, context)
  const inner = place.slice(program.length + 1)
  return nextResolve(new URL(`../${program}/dist/${inner}`, import.meta.url).href, context)
}
