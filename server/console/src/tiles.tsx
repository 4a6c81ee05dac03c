interface Tile {
  label: string
  number: string
  note: string
  /** Where the label leads. */
  href?: string
}

interface Props {
  tiles: readonly Tile[]
  /** How large they are. */
  className: 'tiles-small' | 'm-tiles'
  label?: string
}

/** A few numbers, each with what it is and what it means. */
export function Tiles({ tiles, className, label }: Props) {
  return (
    <dl className={`tiles ${className}`} aria-label={label}>
      {tiles.map((tile) => (
        <div key={tile.label} className="tile">
          <dt>{tile.href === undefined ? tile.label : <a href={tile.href}>{tile.label}</a>}</dt>
          <dd className="number">{tile.number}</dd>
          <dd className="note">{tile.note}</dd>
        </div>
      ))}
    </dl>
  )
}
