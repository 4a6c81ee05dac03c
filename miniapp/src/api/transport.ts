// What the rest of the mini-program knows of the network. One implementation talks to Taro
// (platform/taro-transport.ts); tests bring their own.

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query below the server's address. */
  readonly path: string
  readonly body?: unknown
  readonly accessToken?: string
}

/** The server's answer, or the fact that there was none. */
export type ApiAnswer =
  | { readonly reached: true; readonly status: number; readonly body: unknown }
  | { readonly reached: false }

export type Transport = (request: ApiRequest) => Promise<ApiAnswer>
