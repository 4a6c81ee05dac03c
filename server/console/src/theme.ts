import {
  darkColours,
  lightColours,
  radius,
  touchTargetPx,
  typeScale,
} from '@huike/shared/design-tokens'
import { theme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'

const DARK = '(prefers-color-scheme: dark)'
const CALM = '(prefers-reduced-motion: reduce)'

/** antd in Huike's tokens, light or dark as the system says. */
export function useTheme(): ThemeConfig {
  return useIsDark() ? darkTheme : lightTheme
}

/** Is the system dark? The component is drawn again when that changes. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, isDark)
}

const lightTheme = themeOf(lightColours, theme.defaultAlgorithm)
const darkTheme = themeOf(darkColours, theme.darkAlgorithm)

function themeOf(
  colours: Record<keyof typeof lightColours, string>,
  algorithm: NonNullable<ThemeConfig['algorithm']>,
): ThemeConfig {
  return {
    algorithm,
    token: {
      motion: !window.matchMedia(CALM).matches,
      colorPrimary: colours.brand,
      // antd's own would be lighter, and too light to read on white.
      colorPrimaryHover: colours.brandStrong,
      colorTextLightSolid: colours.onBrand,
      colorText: colours.text,
      colorTextDescription: colours.textSoft,
      // antd would mix the soft grounds from the inks; these are the designed ones.
      colorBgContainer: colours.surface,
      colorBgElevated: colours.surface,
      colorSuccessBg: colours.brandSoft,
      colorWarningBg: colours.warnSoft,
      colorErrorBg: colours.badSoft,
      colorInfoBg: colours.brandSoft,
      colorBorderSecondary: colours.line,
      colorTextPlaceholder: colours.textSoft,
      colorIcon: colours.textSoft,
      colorBgLayout: colours.background,
      colorBorder: colours.line,
      colorError: colours.bad,
      colorErrorHover: colours.bad,
      colorErrorActive: colours.bad,
      colorErrorBgHover: colours.badSoft,
      colorWarning: colours.warn,
      colorSuccess: colours.good,
      borderRadius: radius.m,
      controlHeight: touchTargetPx,
      fontSize: typeScale.body,
      fontFamily: "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif",
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none' },
      Select: { optionSelectedBg: colours.brandSoft },
    },
  }
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(DARK)
  query.addEventListener('change', listener)
  return () => {
    query.removeEventListener('change', listener)
  }
}

function isDark(): boolean {
  return window.matchMedia(DARK).matches
}
