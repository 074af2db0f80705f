// rally.ini, environment and defaults → one frozen Config. The file is never required and never written.

import { readFileSync } from 'node:fs'
import { closestMatch, didYouMean } from '../core/close-match.ts'
import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import { CONFIG_KEYS, CONFIG_VERSION, IN_MEMORY, TRACK_URL, TRACK_URL_FALLBACK, TRACKS_SECTION, type ConfigKey } from './config-keys.ts'
import type { Config } from './config.ts'
import { configDir, iniFile, type Environment } from './directories.ts'
import { ELASTIC_NAMES, elasticKey, isNeutral } from './elastic-keys.ts'
import { readIni, type IniEntry, type IniFile } from './ini-file.ts'
import { substitute } from './substitute.ts'
import { WrongValue, type ValueContext } from './value-types.ts'

export interface ConfigSources {
  readonly environment: Environment
  readonly homeDir: string
  /** `--configuration-name`; null: `rally.ini`. */
  readonly configurationName?: string | null
  /** `--datastore-type`: overrides the file. */
  readonly datastoreType?: string | null
  /** The command writes or reads results: then another datastore than ours is refused. Default true. */
  readonly needsDatastore?: boolean
}

/** Reads and checks everything; throws RallyError('config') with all problems at once. */
export function loadConfig(sources: ConfigSources): Config {
  const confDir = configDir(sources.environment, sources.homeDir)
  const name = sources.configurationName ?? null
  if (name !== null && !/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new RallyError('usage', `--configuration-name: "${name}" is no part of a file name`, { hint: 'name=ci reads rally-ci.ini' })
  }
  const file = iniFile(confDir, name)
  const source = readIfThere(file)
  const reading = new Reading(file, readIni(source ?? ''), { confDir, homeDir: sources.homeDir })
  if (source === null && name !== null) reading.warnings.push(`${file} does not exist: the defaults hold`)
  const config = reading.config()
  reading.checkVersion(config.meta.configVersion)
  reading.checkDatastore(sources)
  reading.checkNames()
  if (reading.problems.length > 0) throw asError(file, reading.problems)
  return deepFreeze(config)
}

function asError(file: string, problems: readonly string[]): RallyError {
  if (problems.length === 1) return new RallyError('config', problems[0]!)
  return new RallyError('config', `${problems.length} mistakes in ${file}`, { problems })
}

function readIfThere(file: string): string | null {
  let bytes
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null
    throw new RallyError('config', `${file} cannot be read`, { cause: error })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new RallyError('config', `${file} is not UTF-8: ${messageOf(error)}`)
  }
}

/** One file on its way to a Config; collects what is wrong with it. */
class Reading {
  readonly problems: string[] = []
  readonly warnings: string[] = []
  readonly #file: string
  readonly #ini: IniFile
  readonly #context: ValueContext

  constructor(file: string, ini: IniFile, context: ValueContext) {
    this.#file = file
    this.#ini = ini
    this.#context = context
    for (const { line, message } of ini.problems) this.problems.push(`${file}:${line}: ${message}`)
    for (const { line, message } of ini.warnings) this.warnings.push(`${file}:${line}: ${message}`)
  }

  config(): Config {
    const sections = Object.entries(CONFIG_KEYS).map(([section, keys]) => [section, this.#section(section, keys)])
    return {
      ...Object.fromEntries(sections),
      tracks: { urls: this.#trackUrls() },
      confDir: this.#context.confDir,
      warnings: this.warnings
    } as Config
  }

  checkVersion(version: number): void {
    const entry = this.#find('meta', 'config.version')
    if (entry === null || version === CONFIG_VERSION) return
    const age = version < CONFIG_VERSION ? 'too old' : 'of a newer program'
    this.problems.push(`${this.#place(entry)} is ${age}: found ${version}, this program reads version ${CONFIG_VERSION}`)
  }

  /** In-memory is all there is yet: another type would lose results without a word. */
  checkDatastore({ datastoreType, needsDatastore }: ConfigSources): void {
    if (datastoreType !== undefined && datastoreType !== null) return
    const entry = this.#find('reporting', 'datastore.type')
    if (entry === null || entry.value === '' || entry.value === IN_MEMORY || needsDatastore === false) return
    this.problems.push(
      `${this.#place(entry)}: "${entry.value}" is not supported yet: give --datastore-type=in-memory to keep results in race.json instead`
    )
  }

  checkNames(): void {
    for (const entry of this.#ini.entries) {
      if (this.#isServed(entry)) continue
      const known = elasticKey(entry.section.toLowerCase(), entry.key)
      if (known === null) this.#warnOfUnknown(entry)
      else if (!isNeutral(known, this.#substituted(entry), this.#context.confDir))
        this.warnings.push(`${this.#place(entry)} is not supported yet and has no effect`)
    }
    for (const [section, line] of this.#ini.sections) {
      if (!SECTIONS.includes(section.toLowerCase()))
        this.warnings.push(`${this.#file}:${line}: unknown section [${section}]${didYouMean(section, SECTIONS)}`)
    }
  }

  #section(section: string, keys: Readonly<Record<string, ConfigKey<unknown>>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(keys).map(([property, key]) => [property, this.#value(section, key)]))
  }

  #value(section: string, key: ConfigKey<unknown>): unknown {
    const entry = this.#find(section, key.key)
    const fallback = (): unknown => key.type.read(substitute(key.fallback, this.#context.confDir), this.#context)
    if (entry === null || entry.value === '') return fallback()
    try {
      if (entry.value.includes('\n')) throw new WrongValue('the value goes over several lines; is the next line indented by mistake?')
      return key.type.read(this.#substituted(entry), this.#context)
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error
      this.problems.push(`${this.#place(entry)}: ${error.message}`)
      return fallback()
    }
  }

  #trackUrls(): Record<string, string> {
    const urls: Record<string, string> = { default: TRACK_URL_FALLBACK.fallback }
    for (const entry of this.#ini.entries) {
      const repository = entry.section.toLowerCase() === TRACKS_SECTION ? TRACK_URL.exec(entry.key)?.[1] : undefined
      if (repository !== undefined) urls[repository] = this.#substituted(entry)
    }
    return urls
  }

  #substituted(entry: IniEntry): string {
    const sameSection = (name: string): string | null => this.#find(entry.section, name)?.value ?? null
    return substitute(entry.value, this.#context.confDir, sameSection)
  }

  /** Sections and keys are the same in upper and lower case; of two such spellings, the last counts. */
  #find(section: string, key: string): IniEntry | null {
    const same = (entry: IniEntry): boolean =>
      entry.section.toLowerCase() === section.toLowerCase() && entry.key.toLowerCase() === key.toLowerCase()
    return this.#ini.entries.findLast(same) ?? null
  }

  #isServed(entry: IniEntry): boolean {
    const section = entry.section.toLowerCase()
    if (section === TRACKS_SECTION && TRACK_URL.test(entry.key)) return true
    return SERVED_NAMES.some(([of, key]) => of === section && key === entry.key.toLowerCase())
  }

  #warnOfUnknown(entry: IniEntry): void {
    const section = entry.section.toLowerCase()
    if (!SECTIONS.includes(section)) return
    const inSection = ALL_NAMES.filter(([of]) => of === section).map(([, key]) => key)
    const nearest = closestMatch(entry.key.toLowerCase(), inSection)
    const elsewhere = ALL_NAMES.find(([, key]) => key === entry.key.toLowerCase())
    const advice =
      nearest === null && elsewhere !== undefined
        ? `: it belongs to section [${elsewhere[0]}]`
        : didYouMean(entry.key.toLowerCase(), inSection)
    this.warnings.push(`${this.#file}:${entry.line}: section [${entry.section}], unknown key [${entry.key}]${advice}`)
  }

  #place(entry: IniEntry): string {
    return `${this.#file}:${entry.line}: section [${entry.section}], key [${entry.key}]`
  }
}

const SERVED_NAMES: readonly (readonly [string, string])[] = Object.entries(CONFIG_KEYS).flatMap(([section, keys]) =>
  Object.values(keys).map((key: ConfigKey<unknown>) => [section, key.key] as const)
)
const ALL_NAMES = [...SERVED_NAMES, [TRACKS_SECTION, TRACK_URL_FALLBACK.key] as const, ...ELASTIC_NAMES]
const SECTIONS = [...new Set([...ALL_NAMES.map(([section]) => section), 'source', 'distributions', 'storage', 'teams'])]

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
