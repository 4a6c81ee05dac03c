/// <reference types="@tarojs/taro" />

/** Address of the server without a trailing slash; set by the build, empty in a browser. */
declare const HUIKE_API_BASE: string

/** The build replaces `process.env.TARO_ENV`; nothing else of Node exists on a phone. */
declare const process: { readonly env: { readonly TARO_ENV: 'weapp' | 'h5' } }

declare module '*.scss'

/** The timers of the phone; no other part of a browser's or of Node's world is there. */
declare function setTimeout(action: () => void, delayMs: number): number
declare function clearTimeout(timer: number): void
