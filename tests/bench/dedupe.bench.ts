// The search for members that are one person, over a whole base: how long it takes, how much memory it
// asks for, and whether it finds the doubles that were put in. HUIKE_BENCH_MEMBERS asks for another
// size; 1,000,000 members are to be searched in minutes.
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Phone } from '@huike/shared/phone'
import { DuplicatesService } from '../../server/members/duplicates.service.js'
import { MembersService, PHONE_NAMESPACE } from '../../server/members/members.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { UniqueViolation, type Database, type Tx } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { createDatabase, databaseKinds, openBenchServer } from './bench-server.js'
import { printFigure } from './measure.js'

const MEMBERS = Number(process.env['HUIKE_BENCH_MEMBERS'] ?? 100_000)
const MEMBERS_PER_WRITE = 500
/** Every twentieth registered before, with another number. */
const DOUBLE_EVERY = 20
const SECONDS_PER_MILLION_MAX = 900
const MEMORY_LOOK_MS = 200
const MEGABYTE = 1_048_576
const DAY_MS = 86_400_000
const FIRST_BIRTHDAY_MS = Date.UTC(1950, 0, 2)
const BIRTHDAYS = 20_000
const FAMILY_NAMES = [
  ...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕',
]
const GIVEN_NAMES = [
  ...'伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰飞鹏宇欣晨浩然子涵雨泽梓轩思',
  ...'琪佳怡嘉博文俊凯旋志远建国庆红梅春燕晓东海波振兴立业成功福禄寿喜安康宁静雅婷',
]
const CITIES = ['上海', '北京', '广州', '深圳', '成都', '杭州', '武汉', '南京', '苏州', '西安']

/** Runs the measurement on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds()) {
    const at = await createDatabase(kind)
    try {
      const server = await openBenchServer(at)
      try {
        const doubles = await fill(server.app, server.database)
        printFigure({ bench: 'dedupe', database: kind, ...(await measure(server.app, doubles)) })
      } finally {
        await server.close()
      }
    } finally {
      await at.drop()
    }
  }
}

async function measure(app: NestFastifyApplication, doubles: ReadonlySet<string>) {
  let rssMax = 0
  const look = setInterval(() => {
    rssMax = Math.max(rssMax, process.memoryUsage().rss)
  }, MEMORY_LOOK_MS)
  const rssBefore = process.memoryUsage().rss
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const { report } = await app.get(DuplicatesService, { strict: false }).scan()
  const seconds = (performance.now() - startMs) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  clearInterval(look)
  const found = report.merges + report.reviews
  return {
    members: report.members,
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    membersPerSecond: report.members / seconds,
    comparedPairs: report.compared,
    doublesPutIn: doubles.size,
    pairsFound: found,
    leftOut: report.leftOut,
    rssBeforeMb: rssBefore / MEGABYTE,
    rssMaxMb: rssMax / MEGABYTE,
    targetMet: (seconds * 1_000_000) / report.members <= SECONDS_PER_MILLION_MAX,
  }
}

interface Person {
  phone: string
  name: string
  birthday: string
  city: string
}

/** Writes the members through their services; answers the ids of the second ones. */
async function fill(app: NestFastifyApplication, database: Database): Promise<Set<string>> {
  const members = app.get(MembersService, { strict: false })
  const profiles = app.get(ProfilesService, { strict: false })
  const doubles = new Set<string>()
  for (let first = 0; first < MEMBERS; first += MEMBERS_PER_WRITE) {
    const nowMs = Date.now()
    const people = Array.from({ length: Math.min(MEMBERS_PER_WRITE, MEMBERS - first) }, (_, n) => ({
      id: mintId(nowMs),
      isDouble: isDouble(first + n),
      person: personAt(first + n),
    }))
    await onceMore(database, async (tx) => {
      await members.insertMembers(
        tx,
        people.map(({ id }) =>
          members.newMember({
            ...{ id, state: 'active', mergedIntoId: null, registeredStoreId: null },
            ...{ registeredChannel: 'wechat', nowMs },
          }),
        ),
      )
      await members.insertIdentities(
        tx,
        people.map(({ id, person }) => ({
          ...{ memberId: id, kind: 'phone', namespace: PHONE_NAMESPACE },
          ...{ value: person.phone as Phone, assurance: 'claimed', source: 'bench', nowMs },
        })),
      )
      for (const { id, person } of people) {
        const { name, birthday, city } = person
        await profiles.change(tx, id, { name, birthday, city }, nowMs)
      }
    })
    for (const { id, isDouble: isSecond } of people) if (isSecond) doubles.add(id)
  }
  return doubles
}

/** Writes; of a million members a few are given a number that is taken, and get another. */
async function onceMore(database: Database, work: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await database.write(work)
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    await database.write(work)
  }
}

function isDouble(n: number): boolean {
  return n % DOUBLE_EVERY === DOUBLE_EVERY - 1
}

/** The nth member: who they are follows from the number of the person alone. */
function personAt(n: number): Person {
  const who = isDouble(n) ? n - DOUBLE_EVERY / 2 : n
  const pick = (values: readonly string[], salt: number) =>
    values[mixed(who * 8 + salt) % values.length] ?? ''
  const birthdayMs = FIRST_BIRTHDAY_MS + (mixed(who * 8 + 4) % BIRTHDAYS) * DAY_MS
  return {
    // Clear of the numbers that the members of every bench have.
    phone: String(15_000_000_000 + ((n * 7_919) % 6_000_000) * 777 + (n % 777)),
    name: pick(FAMILY_NAMES, 1) + pick(GIVEN_NAMES, 2) + pick(GIVEN_NAMES, 3),
    birthday: new Date(birthdayMs).toISOString().slice(0, 10),
    city: pick(CITIES, 5),
  }
}

/** A number that looks like chance (fmix32 of MurmurHash3, public domain). */
function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
