/** What this agent calls itself to the server and on the cashier page. */
export const AGENT_VERSION = '0.1.0'
