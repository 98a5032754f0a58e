import test from 'ava'
import sharp, { type Sharp } from 'sharp'
import { render } from '../../src/infra/images/render.ts'

const square = (background: string) => sharp({ create: { width: 60, height: 60, channels: 4, background } })
const clear = () => square('rgba(0, 0, 0, 0)').png()

async function middleOf(picture: Sharp, format: 'webp' | 'jpeg') {
  const { files } = await render(await picture.toBuffer(), () => {})
  const body = files.find(({ type }) => type === `image/${format}`)?.body as Buffer
  const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
  return [...data.subarray((30 * 60 + 30) * info.channels).subarray(0, info.channels)]
}

function isNear(found: readonly number[], wanted: readonly number[]) {
  return found.length === wanted.length && found.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) <= 6)
}

test('a Display P3 photo keeps its colours in sRGB', async t => {
  const p3 = square('rgb(200, 60, 40)').flatten().withIccProfile('p3').png()
  const { data: raw } = await sharp(await p3.clone().toBuffer(), { ignoreIcc: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  t.false(isNear([...raw.subarray(0, 3)], [200, 60, 40]), 'the stored numbers differ from the sRGB ones')

  const found = await middleOf(p3, 'jpeg')
  t.true(isNear(found, [200, 60, 40]), String(found))
})

test('a photo with an sRGB profile keeps its numbers', async t => {
  const found = await middleOf(square('rgb(200, 60, 40)').flatten().withIccProfile('srgb').jpeg(), 'jpeg')
  t.true(isNear(found, [200, 60, 40]), String(found))
})

test('a print photo in CMYK is turned into sRGB, not inverted', async t => {
  const found = await middleOf(square('rgb(230, 220, 90)').flatten().toColourspace('cmyk').jpeg(), 'jpeg')
  t.is(found.length, 3)
  t.true(
    found.every((value, index) => Math.abs(value - ([230, 220, 90][index] ?? 0)) <= 25),
    String(found),
  )
})

test('a grey picture becomes one every client can show', async t => {
  t.true(isNear(await middleOf(square('#808080').flatten().toColourspace('b-w').png(), 'jpeg'), [128, 128, 128]))
})

test('transparency shows white in JPEG and stays in WebP', async t => {
  t.true(isNear(await middleOf(clear(), 'jpeg'), [255, 255, 255]))
  t.is((await middleOf(clear(), 'webp'))[3], 0)
})
