/** The chain's own clock and calendar, where no store's is meant. */
export const CHAIN_TIME_ZONE = 'Asia/Shanghai'
