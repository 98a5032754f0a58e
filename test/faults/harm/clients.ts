import { every } from './every.ts'

/** So many viewers lose their connection at once, without a word. */
export const cutViewers = (ms: number, count: number) =>
  every(ms, ({ company, random }) => {
    for (let i = 0; i < count; i++) random.pick(company.viewers).cut()
  })
