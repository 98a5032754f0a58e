import { existsSync, readFileSync } from 'node:fs'

/** What the wide world types, collected in a folder beside this repository; it is no part of it, and may not be there. */
const FOLDER = new URL('../../../shared/data/', import.meta.url)

export const isCollected = existsSync(FOLDER)

/** One file of it, as it is, and as JSON. */
export const collectedFile = (file: string): Buffer => readFileSync(new URL(file, FOLDER))
export const collected = (file: string): unknown => JSON.parse(collectedFile(file).toString('utf8'))
