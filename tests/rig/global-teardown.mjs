// Runs once after Jest: stops the servers global-setup.mjs started and removes their folder.
export default async function globalTeardown() {
  await globalThis.huikeTestServers?.stop()
}
