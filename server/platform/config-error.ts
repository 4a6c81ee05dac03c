/** A setting is missing or wrong; the message names each one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
