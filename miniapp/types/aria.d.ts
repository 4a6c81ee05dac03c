import '@tarojs/components/types/common'

// The attributes config/aria-attributes.js adds to the templates.
declare module '@tarojs/components/types/common' {
  interface StandardProps {
    ariaRole?: string
    ariaLabel?: string
    ariaHidden?: boolean
    ariaLive?: 'polite' | 'assertive'
    /** As words: a browser's Taro removes an attribute that is false. */
    ariaChecked?: 'true' | 'false'
    ariaSelected?: 'true' | 'false'
  }
}
