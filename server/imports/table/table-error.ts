import type { OutcomeCode } from '@huike/shared/outcomes'

/** What may be wrong with a file as a whole. */
export type TableProblem = Extract<
  OutcomeCode,
  | 'file_too_large'
  | 'file_empty'
  | 'file_truncated'
  | 'file_over_limits'
  | 'file_old_excel'
  | 'file_not_table'
  | 'file_no_header'
>

/** A file that cannot be read as a table. `detail` is a Chinese sentence and holds nothing of it. */
export class TableError extends Error {
  override readonly name = 'TableError'
  constructor(
    readonly code: TableProblem,
    readonly detail?: string,
  ) {
    super(detail ?? code)
  }
}
