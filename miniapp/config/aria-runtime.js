// The phone's half of aria-attributes.js: see there.
import { mergeInternalComponents } from '@tarojs/shared'
import ariaAttributes from './aria-attributes.js'

mergeInternalComponents(ariaAttributes)
