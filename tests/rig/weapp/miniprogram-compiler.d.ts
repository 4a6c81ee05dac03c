/** Tencent's own WXML and WXSS compilers (wcc, wcsc) as they ship inside WeChat DevTools. */
declare module 'miniprogram-compiler' {
  interface Compiler {
    /** JavaScript of all templates below `root`; it ends in `return $gwx`. Throws on bad WXML. */
    wxmlToJs(root: string): string
    /** JavaScript of all style sheets below `root`. Throws on bad WXSS. */
    wxssToJs(root: string): string
  }
  const compiler: Compiler
  export default compiler
}
