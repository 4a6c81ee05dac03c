import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'

// The headers a browser needs to be safe with our pages. They are the same for every answer, so helmet
// is asked for them once, at start.

const POLICY = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      frameAncestors: ["'none'"],
      // TLS ends at the proxy; on a plain loopback address an upgrade would break the page.
      upgradeInsecureRequests: null,
    },
  },
}

/** Helmet's headers with our policy, by lower-case name. */
export function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {}
  const response = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value
    },
    removeHeader: (name: string) => {
      Reflect.deleteProperty(headers, name.toLowerCase())
    },
  }
  let failure: unknown = null
  helmet(POLICY)(
    {} as IncomingMessage,
    response as unknown as ServerResponse,
    (error?: unknown) => {
      failure = error ?? null
    },
  )
  if (failure !== null) throw new Error('helmet gave no headers', { cause: failure })
  return headers
}
