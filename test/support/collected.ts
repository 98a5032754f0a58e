import { existsSync, readFileSync } from 'node:fs'

/** What the wide world types, collected in a folder beside this repository; it is no part of it, and may not be there. */
const FOLDER = new URL('../../../shared/data/', import.meta.url)

export const isCollected = existsSync(FOLDER)

/** One file of it, as JSON. */
export const collected = (file: string): unknown => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
