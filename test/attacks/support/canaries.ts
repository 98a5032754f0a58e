/** Something private, so odd that wherever it is found, it came from there. */
export interface Canary {
  readonly what: string
  readonly text: string
  /** The places that keep it: tables, and `stream` for the log in Redis. */
  readonly keptIn: readonly string[]
}

/** A place where private things may end up, and all that is there. */
export interface Place {
  readonly name: string
  readonly text: string
}

/** A short number is looked for as a number of its own; anything else also as bytes are written and links spell it. */
function isIn(text: string, place: string): boolean {
  if (/^\d{1,8}$/.test(text)) return new RegExp(`(?<![\\da-fA-F.-])${text}(?![\\da-fA-F.-])`).test(place)
  const bytes = Buffer.from(text)
  const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1), bytes.toString('hex')]
  return [...forms, bytes.toString('base64').replace(/.{1,2}=*$/, '')].some(form => place.includes(form))
}

/** Each canary that is where it may not be. */
export const strays = (canaries: readonly Canary[], places: readonly Place[]): string[] =>
  places.flatMap(({ name, text }) =>
    canaries
      .filter(canary => !canary.keptIn.includes(name) && isIn(canary.text, text))
      .map(({ what }) => `${what} in ${name}`),
  )

/** Each canary that is not to be found where it is kept; then somebody looks at the wrong thing. */
export const missing = (canaries: readonly Canary[], places: readonly Place[]): string[] =>
  canaries
    .filter(({ keptIn }) => keptIn.length > 0)
    .filter(({ text, keptIn }) => !places.some(place => keptIn.includes(place.name) && isIn(text, place.text)))
    .map(({ what }) => what)
