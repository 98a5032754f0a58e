import { slice } from '../../kernel/app.ts'
import { createBlock, listBlocks, removeBlock } from './commands.ts'
import { BlockCreated, BlockRemoved } from './events.ts'
import { hiddenRoom } from './rooms.ts'

/** Blocks: two people who neither hear nor find each other. Comes after everything a block ends. */
export const blocks = slice({
  commands: [createBlock, removeBlock, listBlocks],
  events: [BlockCreated, BlockRemoved],
  rooms: [hiddenRoom],
})
