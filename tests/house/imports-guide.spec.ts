import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { fieldsOf, missingFields } from '@huike/shared/import-fields'
import { templateTables } from '../../server/cli/import-guide.js'
import { guessTemplate } from '../../server/imports/templates/guess-template.js'
import { PLATFORM_TEMPLATES } from '../../server/imports/templates/platform-templates.js'
import { repositoryPath } from '../rig/repository.js'

/** Without what only makes the columns of a table stand in line. */
function plain(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim()
}

describe('the guide to imports', () => {
  it('names the columns of every template as the code knows them', () => {
    const guide = readFileSync(repositoryPath('docs', 'imports.md'), 'utf8')
    const [, tables = ''] = guide.split('imports-guide.spec.ts -->\n')
    expect(plain(tables)).toBe(plain(templateTables()))
  })
})

describe('a template', () => {
  it.each(PLATFORM_TEMPLATES.map((template) => [template.id, template] as const))(
    '%s maps what its kind needs, with fields of its kind',
    (_id, { kind, headers }) => {
      const fields = headers.map(([field]) => field)
      expect(fields.filter((field) => !fieldsOf(kind).includes(field))).toEqual([])
      expect(missingFields(kind, new Set(fields))).toEqual([])
    },
  )

  it.each(PLATFORM_TEMPLATES.map((template) => [template.id, template] as const))(
    '%s is guessed from its own headers',
    (id, { headers }) => {
      const { template } = guessTemplate(
        headers.map(([, first]) => first ?? ''),
        [],
      )
      expect(template.id).toBe(id)
    },
  )
})
