import { Model } from 'objection'

/** A row. Never bound to a connection: a query without `ctx.db` fails at once, so none escapes its transaction. */
export class Row extends Model {
  declare createdAt: Date
  declare updatedAt: Date
}
