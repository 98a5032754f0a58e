import { every } from './every.ts'

/** Somebody signs a viewer out from another device; from the answer on that viewer hears nothing. */
export const endSessions = (ms: number) =>
  every(ms, async ({ company, random }) => {
    const open = company.viewers.filter(viewer => viewer.mayEnd())
    if (open.length > 10) await random.pick(open).end()
  })
