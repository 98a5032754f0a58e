// The D50-adapted sRGB primaries as every sRGB profile stores them, and sRGB's linear light at half signal.
const PRIMARIES = { rXYZ: [0.4361, 0.2225, 0.0139], gXYZ: [0.3851, 0.7169, 0.0971], bXYZ: [0.1431, 0.0606, 0.7141] }
const LINEAR_HALF = 0.214
const CLOSE = 0.002

/** Whether an ICC profile says nothing that sRGB does not say, so that converting from it can be skipped. */
export function isSrgb(profile: Buffer | undefined): boolean {
  if (!profile || profile.length < 132) return false
  try {
    const tags = tagsOf(profile)
    // A profile with lookup tables overrides its own primaries.
    if (tags.has('A2B0') || tags.has('A2B1')) return false
    return (
      Object.entries(PRIMARIES).every(([name, wanted]) => nearly(xyz(tags.get(name)), wanted)) &&
      ['rTRC', 'gTRC', 'bTRC'].every(name => nearly([toLinear(tags.get(name))], [LINEAR_HALF]))
    )
  } catch {
    return false
  }
}

const nearly = (found: readonly number[], wanted: readonly number[]) =>
  wanted.every((value, index) => Math.abs((found[index] ?? Number.NaN) - value) < CLOSE)

const fixed = (bytes: Buffer, offset: number) => bytes.readInt32BE(offset) / 65_536

function tagsOf(profile: Buffer): Map<string, Buffer> {
  const tags = new Map<string, Buffer>()
  const count = Math.min(profile.readUInt32BE(128), 100)
  for (let entry = 132; entry < 132 + count * 12; entry += 12) {
    const start = profile.readUInt32BE(entry + 4)
    tags.set(
      profile.toString('latin1', entry, entry + 4),
      profile.subarray(start, start + profile.readUInt32BE(entry + 8)),
    )
  }
  return tags
}

const xyz = (tag: Buffer | undefined) => (tag ? [8, 12, 16].map(offset => fixed(tag, offset)) : [])

// The tone curve at half signal, from either of the two shapes a curve is stored in.
function toLinear(tag: Buffer | undefined): number {
  if (!tag) return Number.NaN
  if (tag.toString('latin1', 0, 4) === 'curv') {
    const count = tag.readUInt32BE(8)
    return count < 2 ? Number.NaN : tag.readUInt16BE(12 + Math.round((count - 1) / 2) * 2) / 65_535
  }
  if (tag.toString('latin1', 0, 4) !== 'para' || tag.readUInt16BE(8) !== 3) return Number.NaN
  const [gamma = 0, a = 0, b = 0] = [12, 16, 20].map(offset => fixed(tag, offset))
  return (a * 0.5 + b) ** gamma
}
