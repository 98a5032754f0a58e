import { token } from '../../kernel/shape.ts'

export const username = () => token(/^[a-z0-9][a-z0-9._]{1,28}[a-z0-9]$/, '3 to 30 of a-z, 0-9, dot and underscore')
