import { list } from 'the-big-username-blacklist'

/** Names that Kith speaks by, and such as the list does not have. */
const OURS = `
  ads.txt api bbs bot bots cloud cpanel everyone feed graphql guest help here home kith kithapp kithhelp kithsupport kithteam
  legal me moderation moderator moderators mx1 news nobody notifications official owa payments paypal portal privacy promo
  safety search security settings staff status support system team terms trust undefined verified verify vpn you
`
const withoutSigns = (name: string) => name.replaceAll(/[^a-z0-9]/g, '')
const RESERVED = new Set([...list, ...OURS.trim().split(/\s+/)].map(withoutSigns))

/** Whether nobody may have a username, for others would take them for Kith or an address of a site. */
export const isReserved = (username: string): boolean => RESERVED.has(withoutSigns(username))
