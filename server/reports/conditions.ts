/**
 * What a file was narrowed to, as the audit tells it: the names of the conditions and not what they
 * asked for, which may be somebody's number. `everything` where there were none.
 */
export function conditionsInWords<Filter extends object>(
  filter: Filter,
  names: Readonly<Record<keyof Filter, string>>,
  everything: string,
): string {
  const conditions = (Object.keys(names) as (keyof Filter)[]).filter(
    (name) => filter[name] !== undefined,
  )
  if (conditions.length === 0) return everything
  return `条件：${conditions.map((name) => names[name]).join('、')}`
}
