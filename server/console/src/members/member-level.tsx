import type { MemberFile } from '@huike/shared/contracts/console-members'
import { calendarDay, count } from '../format.js'
import { memberStrings } from './strings.js'

/** Growth, the way to the next level, and how the level came. */
export function MemberLevelPart({
  level,
  timeZone,
}: {
  level: MemberFile['level']
  timeZone: string
}) {
  const words = memberStrings.file.level
  const lines = [
    words.growth(count(level.growth)),
    level.validUntil === null ? words.forEver : words.until(level.validUntil),
    ...[level.progress, level.keeping].filter((line) => line !== null),
  ]
  return (
    <section aria-labelledby="member-level">
      <h2 id="member-level">{words.title(level.name)}</h2>
      {lines.map((line) => (
        <p key={line} className="note">
          {line}
        </p>
      ))}
      <dl className="m-facts">
        {level.history.map((change) => (
          <div key={change.id}>
            <dt>
              {change.fromName === change.toName
                ? words.kept(change.toName)
                : words.changed(change.fromName, change.toName)}
              <span className="note">{change.explanation}</span>
            </dt>
            <dd className="note">{calendarDay(change.atMs, timeZone)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
