/** `npm run contract`: all that is declared, as Markdown; with `--openapi`, the HTTP part of it as OpenAPI 3.1. */
import { registry } from '../kernel/app.ts'
import { contractOf } from './contract/markdown.ts'
import { openApiOf } from './contract/openapi.ts'
import { slices } from './domains.ts'

export { contractOf, openApiOf }

if (import.meta.main) {
  const declared = registry(slices)
  const wantsOpenApi = process.argv.includes('--openapi')
  process.stdout.write(wantsOpenApi ? `${JSON.stringify(openApiOf(declared), null, 2)}\n` : contractOf(declared))
}
