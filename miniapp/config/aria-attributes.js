// Which ARIA attributes each component may carry in the mini-program. Taro's own templates have
// none and drop them silently. One list, used twice: by the plugin that writes the templates and by
// the runtime that shortens property names by their position in this very list. Were the two to
// differ, every later property of a component would land in its neighbour's place.

const ATTRIBUTES = {
  'aria-role': "''",
  'aria-label': "''",
  'aria-hidden': 'false',
  'aria-live': "''",
}

// Assigned, not spread: this file goes into the mini-program as it is, and old phones read ES2017.
const CHOOSABLE = Object.assign({}, ATTRIBUTES, { 'aria-checked': "''", 'aria-selected': "''" })

module.exports = {
  View: CHOOSABLE,
  Text: ATTRIBUTES,
  Image: ATTRIBUTES,
  Button: ATTRIBUTES,
  Input: ATTRIBUTES,
}
