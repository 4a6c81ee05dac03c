import { createServices } from '../services.js'
import { taroPorts } from './taro-ports.js'

/** The services of this running program: one session, one copy of everything. */
export const services = createServices(taroPorts)
