/** What people may call themselves. */
import { readsLikeStaff } from './look-alikes.ts'

const MAX = 50

/** A name in its one spelling. */
export const nameOf = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/\p{Z}+/gu, ' ')
    .replaceAll(/^ | $/g, '')

/** An emoji, though of several characters with hidden ones between them, is one that is seen. */
const EMOJI = /\p{RGI_Emoji}/gv
/** Between two letters of these alphabets a joiner decides how they are written. */
const JOINED =
  /(?<=[\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}])[\u200c\u200d](?=[\p{L}\p{M}])/gu
/** Which of its forms a Chinese character has. */
const VARIANT = /(?<=\p{sc=Han})[\u{e0100}-\u{e01ef}]/gu
/** What is not seen, turns what is around it, or is in no alphabet; the last is a pattern of no dots. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Why a name cannot be had, in words that follow it; undefined when it can. */
export function problemOf(name: string): string | undefined {
  if (Array.from(name).length > MAX) return `must have at most ${MAX} characters`
  if (!VISIBLE.test(name)) return 'must have something to see'
  const plain = name.replaceAll(EMOJI, '').replaceAll(JOINED, '').replaceAll(VARIANT, '')
  if (HIDDEN.test(plain)) return 'must not have hidden characters'
  return readsLikeStaff(name) ? 'must not read like that of somebody who works for Kith' : undefined
}
