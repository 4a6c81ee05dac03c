// The signs of the navigation: one stroke each, in the colour of the words beside them.

const PATHS = {
  today: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  members: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20.5a8 8 0 0 1 16 0',
  campaigns: 'M4 10v4h3l8 5V5l-8 5zM18.5 9a4.2 4.2 0 0 1 0 6',
  points: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8.5v7M8.5 12h7',
  levels: 'M4 18h16M5 15l-1-8 5 4 3-6 3 6 5-4-1 8z',
  coupons: 'M4 6.5h16v3.7a1.8 1.8 0 0 0 0 3.6v3.7H4v-3.7a1.8 1.8 0 0 0 0-3.6zM14.5 7v10',
  packs: 'M4 9h16v11H4zM4 9l3-5h10l3 5M12 9v11M9 13h6',
  mall: 'M5 8h14l-1 12H6zM9 8V6a3 3 0 0 1 6 0v2M9.5 14h5M12 11.5v5',
  exchanges:
    'M4 10h16v10H4zM3 6.5h18V10H3zM12 6.5V20M12 6.5C10 3 6.5 3.5 8 6.5M12 6.5c2-3.5 5.5-3 4 0',
  pickups: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8M8 6l8 4',
  statistics: 'M5 19v-7M12 19V5M19 19v-4M3 21h18',
  stores: 'M4 9l1.5-5h13L20 9zM5 9v11h14V9M10 20v-6h4v6',
  staff: 'M5 5h14v15H5zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8.5 17a3.5 3.5 0 0 1 7 0M10 5V3h4v2',
  sources: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  parked: 'M6 21V4M6 4h12l-3 4.5 3 4.5H6',
  reviews: 'M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  quality: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  duplicates: 'M9 4h11v11H9zM15 15v5H4V9h5M12.5 9.5l1.7 1.7 3-3.2',
  imports: 'M12 3v11M7.5 10l4.5 4.5 4.5-4.5M4 16v4h16v-4',
  rights:
    'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8.5 16a3.5 3.5 0 0 1 7 0',
  audit: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3',
  settings:
    'M4 7h8M18 7h2M4 17h2M12 17h8M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  more: 'M4 7h16M4 12h16M4 17h16',
} as const

export type IconName = keyof typeof PATHS

/** A sign that says nothing the words beside it do not. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
