/** `npm run bench:media`: what a photo costs on its way in, how it looks after it, and what reading it costs. */
import { measure } from './measure.ts'
import { looks } from './media/looks.ts'
import { memory } from './media/memory.ts'
import { ORIGINALS, originals } from './media/originals.ts'
import { photos } from './media/photos.ts'
import { reading } from './media/reading.ts'
import { ready } from './media/ready.ts'

const shown = await originals()

await measure(
  'bench:media',
  {
    photos: (_stage, rounds) => photos(shown, rounds),
    memory: (_stage, rounds) => memory(shown, rounds),
    looks: () => looks(shown),
    ready: (stage, rounds) => ready(stage, shown, rounds),
    reading,
  },
  ORIGINALS,
)
