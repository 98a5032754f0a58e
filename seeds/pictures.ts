import { createHash } from 'node:crypto'
import sharp from 'sharp'

/** A landscape as it is ordered. */
export interface Picture {
  readonly land: keyof typeof lands
  readonly light: keyof typeof lights
  /** Taller than wide. */
  readonly upright?: boolean
}

interface Light {
  /** From the top of the sky to the horizon. */
  readonly sky: readonly [string, string, string]
  readonly sun: string
  /** Of the land, the farthest and the nearest. */
  readonly far: string
  readonly near: string
  /** How high the sun or moon stands, from the horizon (0) to the top (1). */
  readonly height: number
}

const lights = {
  dawn: { sky: ['#5b7fb5', '#f2b5a7', '#ffe3c2'], sun: '#fff3d6', far: '#c993a8', near: '#3b3355', height: 0.22 },
  day: { sky: ['#3f8fd0', '#8cc4ea', '#e6f3f5'], sun: '#fffbe6', far: '#9cc7b8', near: '#1f5c4a', height: 0.72 },
  dusk: { sky: ['#3a2a5e', '#d9606a', '#ffc27a'], sun: '#ffe0a3', far: '#c2566b', near: '#2a1836', height: 0.16 },
  night: { sky: ['#070b1f', '#162345', '#38507f'], sun: '#f1f3ff', far: '#2c4068', near: '#060914', height: 0.7 },
  mist: { sky: ['#b9c7cd', '#d4dcdc', '#eceee9'], sun: '#f8f7ee', far: '#c3cfd0', near: '#3c5054', height: 0.45 },
} as const satisfies Record<string, Light>

/** By day, land has its own colours. */
const byDay: Partial<Record<keyof typeof lands, { readonly far: string; readonly near: string }>> = {
  sea: { far: '#86c5dc', near: '#124c70' },
  roofs: { far: '#efc59c', near: '#7d3543' },
  dunes: { far: '#f0d9a8', near: '#a8632f' },
}

/** Where one layer of the land ends against the sky: points from left to right, in shares of the picture, y upwards from its foot. */
type Outline = (random: Random, depth: number) => readonly Point[]
type Point = readonly [x: number, y: number]
type Random = () => number

const LAYERS = 6
const STEPS = 160
const HORIZON = 0.52

const across = (heightAt: (x: number) => number): readonly Point[] =>
  Array.from({ length: STEPS + 1 }, (_, at) => [at / STEPS, heightAt(at / STEPS)] as const)

const hills: Outline = (random, depth) => {
  const waves = [1, 2.3, 4.1].map(turns => ({ turns: turns * (0.7 + random() * 0.6), phase: random() * 7 }))
  const size = 0.03 + depth * 0.03
  return across(x => waves.reduce((y, { turns, phase }) => y + (size * Math.sin(x * turns * 6.28 + phase)) / turns, 0))
}

const peaks: Outline = (random, depth) => {
  let line = [random() - 0.3, random() - 0.3, random() - 0.3].map(y => y * 0.2)
  for (let rough = 0.17 - depth * 0.06; line.length < 250; rough /= 2.05) {
    const { length } = line
    line = line.flatMap((y, at) =>
      at === length - 1 ? [y] : [y, (y + (line[at + 1] ?? y)) / 2 + (random() - 0.5) * 2 * rough],
    )
  }
  return line.map((y, at) => [at / (line.length - 1), y] as const)
}

const dunes: Outline = (random, depth) => {
  const [turns, phase] = [1.2 + random() * 1.6, random()]
  const ripple = random() * 7
  return across(x => {
    const along = (x * turns + phase) % 1
    const crest = along < 0.7 ? (along / 0.7) ** 1.8 : (1 - (along - 0.7) / 0.3) ** 0.8
    return (0.05 + depth * 0.06) * crest + 0.008 * Math.sin(x * 9 + ripple)
  })
}

const sea: Outline = (random, depth) => {
  const phase = random() * 7
  return across(x => depth * 0.006 * Math.sin(x * (70 - depth * 40) + phase) + depth * 0.004 * Math.sin(x * 17 + phase))
}

const roofs: Outline = (random, depth) => {
  const points: Point[] = []
  for (let x = -0.01; x < 1;) {
    const [wide, high] = [0.025 + random() * 0.03 + depth * 0.02, 0.02 + random() ** 2 * 0.13]
    const gable = random() < 0.4 ? 0.02 : 0
    points.push([x, high], [x + wide / 2, high + gable], [x + wide, high])
    x += wide
  }
  return points
}

const pines: Outline = (random, depth) => {
  const points: Point[] = []
  const slope = random() * 7
  for (let x = -0.02; x < 1.02;) {
    const [half, high] = [0.007 + depth * 0.016, (0.04 + depth * 0.13) * (0.5 + random() * 0.5)]
    const foot = 0.03 * Math.sin(x * 4 + slope)
    points.push([x - half, foot], [x, foot + high], [x + half, foot])
    x += half * (0.8 + random())
  }
  return points
}

const lands = { hills, peaks, dunes, sea, roofs, pines }

/** Paints a landscape as JPEG; the same name always gives the same one. */
export function paint(name: string, { land, light, upright = false }: Picture): Promise<Buffer> {
  const [width, height] = upright ? [1200, 1600] : [1600, 1200]
  const random = randomFrom(name)
  const { sky, sun, height: sunHeight } = lights[light]
  const { far, near } = (light === 'day' && byDay[land]) || lights[light]
  const [sunX, sunY] = [0.25 + random() * 0.5, 1 - HORIZON - sunHeight * (1 - HORIZON)]
  const lit = land === 'roofs' && light === 'night'

  const layers = Array.from({ length: LAYERS }, (_, at) => {
    const depth = at / (LAYERS - 1)
    // Near layers are spaced wider, as in a real view.
    const foot = HORIZON * (1 - depth ** 1.4 * 0.8)
    const outline = lands[land](random, depth).map(([x, y]) => [x * width, (1 - foot - y) * height] as const)
    const edge = outline.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
    const ground = `<polygon points="${edge} ${width},${height} 0,${height}" fill="${between(far, near, depth)}"/>`
    return lit ? ground + windows(random, outline, width) : ground
  })

  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="${1 - HORIZON * 0.9}">
        ${sky.map((colour, at) => `<stop offset="${at / 2}" stop-color="${colour}"/>`).join('')}
      </linearGradient>
      <radialGradient id="glow">
        <stop offset="0" stop-color="${sun}" stop-opacity="0.55"/><stop offset="1" stop-color="${sun}" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    ${light === 'night' ? stars(random, width, height) : ''}
    <circle cx="${sunX * width}" cy="${sunY * height}" r="${height * 0.3}" fill="url(#glow)"/>
    <circle cx="${sunX * width}" cy="${sunY * height}" r="${height * 0.05}" fill="${sun}"/>
    ${layers.join('\n')}
    ${land === 'sea' ? glitter(random, sunX * width, width, height, sun) : ''}
  </svg>`
  return sharp(Buffer.from(svg)).flatten({ background: sky[2] }).jpeg({ quality: 88 }).toBuffer()
}

const times = (count: number, draw: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => draw(at)).join('')

const stars = (random: Random, width: number, height: number) =>
  times(220, () => {
    const [x, y, r] = [random() * width, random() ** 1.5 * height * 0.5, 0.6 + random() ** 3 * 2.2]
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${r.toFixed(2)}" fill="#fff" opacity="${(0.4 + random() * 0.6).toFixed(2)}"/>`
  })

/** The path of light from the sun towards the eye. */
const glitter = (random: Random, sunX: number, width: number, height: number, colour: string) =>
  times(90, at => {
    const near = at / 90
    const y = (1 - HORIZON + 0.02 + near ** 1.3 * (HORIZON - 0.04)) * height
    const x = sunX + (random() - 0.5) * width * (0.05 + near * 0.22)
    const long = width * (0.008 + random() * 0.03 * (0.4 + near))
    return `<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="${long.toFixed(1)}" ry="${(1 + near * 3).toFixed(1)}" fill="${colour}" opacity="${(0.65 - near * 0.35).toFixed(2)}"/>`
  })

const windows = (random: Random, outline: readonly Point[], width: number) =>
  outline
    .map(([x, y]) => {
      const [left, top] = [x + (random() - 0.2) * width * 0.02, y + 14 + random() * 70]
      return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="7" height="10" fill="#ffd98a" opacity="${(0.5 + random() * 0.5).toFixed(2)}"/>`
    })
    .join('')

/** A colour on the way from one to another. */
const between = (from: string, to: string, share: number) =>
  `rgb(${[1, 3, 5].map(at => Math.round(part(from, at) * (1 - share) + part(to, at) * share)).join(',')})`
const part = (colour: string, at: number) => parseInt(colour.slice(at, at + 2), 16)

/** Chance that always falls the same way for the same name (mulberry32). */
function randomFrom(name: string): Random {
  let state = createHash('sha256').update(name).digest().readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
