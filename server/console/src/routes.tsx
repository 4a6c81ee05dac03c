import type { Permission } from '@huike/shared/permissions'
import { lazy, type ReactNode } from 'react'
import type { IconName } from './icons.js'
import { strings } from './strings.js'

// Every page: its path, who may see it, and where it hangs in the navigation. Each is loaded when
// it is first looked at.

const Today = lazy(() => import('./today/today-page.js'))
const Members = lazy(() => import('./members/members-page.js'))
const Member = lazy(() => import('./members/member-page.js'))
const Campaigns = lazy(() => import('./campaigns/campaigns-page.js'))
const NewCampaign = lazy(() => import('./campaigns/new-campaign-page.js'))
const Campaign = lazy(() => import('./campaigns/campaign-page.js'))
const Statistics = lazy(() => import('./statistics/statistics-page.js'))
const Stores = lazy(() => import('./stores/stores-page.js'))
const Staff = lazy(() => import('./staff/staff-page.js'))
const Sources = lazy(() => import('./sources/sources-page.js'))
const Parked = lazy(() => import('./sources/parked-page.js'))
const Offline = lazy(() => import('./offline/offline-page.js'))
const Reviews = lazy(() => import('./reviews/reviews-page.js'))
const Quality = lazy(() => import('./quality/quality-page.js'))
const QualityIssues = lazy(() => import('./quality/issues-page.js'))
const Samples = lazy(() => import('./quality/samples-page.js'))
const Sample = lazy(() => import('./quality/sample-page.js'))
const Imports = lazy(() => import('./imports/imports-page.js'))
const Import = lazy(() => import('./imports/import-page.js'))
const Duplicates = lazy(() => import('./duplicates/duplicates-page.js'))
const Review = lazy(() => import('./duplicates/review-page.js'))
const Merges = lazy(() => import('./duplicates/merges-page.js'))
const Merge = lazy(() => import('./duplicates/merge-page.js'))
const DuplicatesOfMember = lazy(() => import('./duplicates/of-member-page.js'))
const MergeByHand = lazy(() => import('./duplicates/by-hand-page.js'))
const Consents = lazy(() => import('./rights/consents-page.js'))
const Deletions = lazy(() => import('./rights/deletions-page.js'))
const Retention = lazy(() => import('./rights/retention-page.js'))
const PointsRules = lazy(() => import('./points/rules-page.js'))
const PointsActivities = lazy(() => import('./points/activities-page.js'))
const NewPointsRule = lazy(() => import('./points/new-rule-page.js'))
const PointsChecks = lazy(() => import('./points/checks-page.js'))
const PointsOwed = lazy(() => import('./points/owed-page.js'))
const PointsTrial = lazy(() => import('./points/trial-page.js'))
const Levels = lazy(() => import('./levels/levels-page.js'))
const LevelTrial = lazy(() => import('./levels/level-trial-page.js'))
const NewScheme = lazy(() => import('./levels/new-scheme-page.js'))
const Coupons = lazy(() => import('./coupons/coupons-page.js'))
const CouponRules = lazy(() => import('./coupons/rules-page.js'))
const CouponPosters = lazy(() => import('./coupons/posters-page.js'))
const CouponTemplate = lazy(() => import('./coupons/template-page.js'))
const Mall = lazy(() => import('./mall/mall-page.js'))
const MallItem = lazy(() => import('./mall/item-page.js'))
const Exchanges = lazy(() => import('./mall/exchanges-page.js'))
const Pickups = lazy(() => import('./pickups/pickups-page.js'))
const Packs = lazy(() => import('./packs/packs-page.js'))
const Audit = lazy(() => import('./audit/audit-page.js'))
const Account = lazy(() => import('./account/own-account-page.js'))
const Settings = lazy(() => import('./settings/settings-page.js'))

export interface Route {
  /** `:name` stands for one part of the path. */
  pattern: string
  needs: Permission
  page: (params: Readonly<Record<string, string>>) => ReactNode
}

/** One's own account: everybody has one. */
export const ACCOUNT_PATH = '/me'

export const ROUTES: readonly Route[] = [
  { pattern: '/', needs: 'today.view', page: () => <Today /> },
  { pattern: '/members', needs: 'members.view', page: () => <Members /> },
  {
    pattern: '/members/:memberId',
    needs: 'members.view',
    page: ({ memberId = '' }) => <Member key={memberId} memberId={memberId} />,
  },
  { pattern: '/campaigns', needs: 'campaigns.view', page: () => <Campaigns /> },
  { pattern: '/campaigns/new', needs: 'campaigns.send', page: () => <NewCampaign /> },
  {
    pattern: '/campaigns/:campaignId',
    needs: 'campaigns.view',
    page: ({ campaignId = '' }) => <Campaign key={campaignId} campaignId={campaignId} />,
  },
  { pattern: '/statistics', needs: 'statistics.view', page: () => <Statistics /> },
  { pattern: '/stores', needs: 'terminals.manage', page: () => <Stores /> },
  { pattern: '/staff', needs: 'staff.view', page: () => <Staff /> },
  { pattern: '/sources', needs: 'sources.view', page: () => <Sources /> },
  { pattern: '/sources/offline', needs: 'sources.view', page: () => <Offline /> },
  { pattern: '/parked', needs: 'sources.view', page: () => <Parked /> },
  { pattern: '/reviews', needs: 'parked.settle', page: () => <Reviews /> },
  { pattern: '/quality', needs: 'quality.view', page: () => <Quality /> },
  {
    pattern: '/quality/issues/:kind',
    needs: 'quality.view',
    page: ({ kind = '' }) => <QualityIssues key={kind} kind={kind} />,
  },
  { pattern: '/quality/samples', needs: 'quality.view', page: () => <Samples /> },
  {
    pattern: '/quality/samples/:sampleId',
    needs: 'quality.manage',
    page: ({ sampleId = '' }) => <Sample key={sampleId} sampleId={sampleId} />,
  },
  { pattern: '/imports', needs: 'imports.view', page: () => <Imports /> },
  {
    pattern: '/imports/:importId',
    needs: 'imports.view',
    page: ({ importId = '' }) => <Import key={importId} importId={importId} />,
  },
  { pattern: '/duplicates', needs: 'identity.view', page: () => <Duplicates /> },
  { pattern: '/duplicates/review', needs: 'identity.view', page: () => <Review /> },
  { pattern: '/duplicates/merges', needs: 'identity.view', page: () => <Merges /> },
  {
    pattern: '/duplicates/merges/:mergeId',
    needs: 'identity.view',
    page: ({ mergeId = '' }) => <Merge key={mergeId} mergeId={mergeId} />,
  },
  {
    pattern: '/duplicates/members/:memberId',
    needs: 'identity.view',
    page: ({ memberId = '' }) => <DuplicatesOfMember key={memberId} memberId={memberId} />,
  },
  { pattern: '/duplicates/by-hand', needs: 'identity.merge', page: () => <MergeByHand /> },
  { pattern: '/rights', needs: 'consents.view', page: () => <Consents /> },
  { pattern: '/rights/deletions', needs: 'consents.view', page: () => <Deletions /> },
  { pattern: '/rights/retention', needs: 'settings.view', page: () => <Retention /> },
  { pattern: '/points', needs: 'points.view', page: () => <PointsRules /> },
  { pattern: '/points/activities', needs: 'points.view', page: () => <PointsActivities /> },
  { pattern: '/points/new', needs: 'points.manage', page: () => <NewPointsRule /> },
  { pattern: '/points/checks', needs: 'points.view', page: () => <PointsChecks /> },
  { pattern: '/points/owed', needs: 'points.view', page: () => <PointsOwed /> },
  {
    pattern: '/points/trials/:trialId',
    needs: 'points.manage',
    page: ({ trialId = '' }) => <PointsTrial key={trialId} trialId={trialId} />,
  },
  { pattern: '/levels', needs: 'points.view', page: () => <Levels /> },
  { pattern: '/levels/new', needs: 'points.manage', page: () => <NewScheme /> },
  {
    pattern: '/levels/trials/:trialId',
    needs: 'points.manage',
    page: ({ trialId = '' }) => <LevelTrial key={trialId} trialId={trialId} />,
  },
  { pattern: '/coupons', needs: 'coupons.view', page: () => <Coupons /> },
  { pattern: '/coupons/rules', needs: 'coupons.view', page: () => <CouponRules /> },
  { pattern: '/coupons/posters', needs: 'coupons.view', page: () => <CouponPosters /> },
  {
    pattern: '/coupons/new',
    needs: 'coupons.manage',
    page: () => <CouponTemplate key="new" templateId={null} />,
  },
  {
    pattern: '/coupons/:templateId',
    needs: 'coupons.manage',
    page: ({ templateId = '' }) => <CouponTemplate key={templateId} templateId={templateId} />,
  },
  { pattern: '/mall', needs: 'mall.view', page: () => <Mall /> },
  {
    pattern: '/mall/new',
    needs: 'mall.manage',
    page: () => <MallItem key="new" itemId={null} />,
  },
  {
    pattern: '/mall/:itemId',
    needs: 'mall.manage',
    page: ({ itemId = '' }) => <MallItem key={itemId} itemId={itemId} />,
  },
  { pattern: '/exchanges', needs: 'mall.hand_over', page: () => <Exchanges /> },
  { pattern: '/pickups', needs: 'pickups.handle', page: () => <Pickups /> },
  { pattern: '/packs', needs: 'packs.view', page: () => <Packs /> },
  { pattern: '/audit', needs: 'audit.view', page: () => <Audit /> },
  { pattern: ACCOUNT_PATH, needs: 'today.view', page: () => <Account /> },
  { pattern: '/settings', needs: 'settings.view', page: () => <Settings /> },
]

export interface Entry {
  path: string
  words: string
  icon: IconName
  needs: Permission
}

const { nav } = strings

/** The navigation, in its order: what is looked at daily comes first. */
export const ENTRIES: readonly Entry[] = [
  { path: '/', words: nav.today, icon: 'today', needs: 'today.view' },
  { path: '/members', words: nav.members, icon: 'members', needs: 'members.view' },
  { path: '/campaigns', words: nav.campaigns, icon: 'campaigns', needs: 'campaigns.view' },
  { path: '/statistics', words: nav.statistics, icon: 'statistics', needs: 'statistics.view' },
  { path: '/points', words: nav.points, icon: 'points', needs: 'points.view' },
  { path: '/levels', words: nav.levels, icon: 'levels', needs: 'points.view' },
  { path: '/coupons', words: nav.coupons, icon: 'coupons', needs: 'coupons.view' },
  { path: '/packs', words: nav.packs, icon: 'packs', needs: 'packs.view' },
  { path: '/mall', words: nav.mall, icon: 'mall', needs: 'mall.view' },
  { path: '/exchanges', words: nav.exchanges, icon: 'exchanges', needs: 'mall.hand_over' },
  { path: '/pickups', words: nav.pickups, icon: 'pickups', needs: 'pickups.handle' },
  { path: '/stores', words: nav.stores, icon: 'stores', needs: 'terminals.manage' },
  { path: '/staff', words: nav.staff, icon: 'staff', needs: 'staff.view' },
  { path: '/sources', words: nav.sources, icon: 'sources', needs: 'sources.view' },
  { path: '/parked', words: nav.parked, icon: 'parked', needs: 'sources.view' },
  { path: '/reviews', words: nav.reviews, icon: 'reviews', needs: 'parked.settle' },
  { path: '/quality', words: nav.quality, icon: 'quality', needs: 'quality.view' },
  { path: '/duplicates', words: nav.duplicates, icon: 'duplicates', needs: 'identity.view' },
  { path: '/imports', words: nav.imports, icon: 'imports', needs: 'imports.view' },
  { path: '/rights', words: nav.rights, icon: 'rights', needs: 'consents.view' },
  { path: '/audit', words: nav.audit, icon: 'audit', needs: 'audit.view' },
  { path: '/settings', words: nav.settings, icon: 'settings', needs: 'settings.view' },
]

/** The entry a page hangs below: a member's page below the members. */
export function isWithin(entry: Entry, path: string): boolean {
  return path === entry.path || (entry.path !== '/' && path.startsWith(`${entry.path}/`))
}
