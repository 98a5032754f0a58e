// Hashes a password, says so, and goes on hashing until it is killed.
import { openPasswords } from './passwords.ts'

const passwords = openPasswords({ cost: 10, hashers: 2 })
const hash = () => passwords.hash('correct horse battery staple')
await Promise.all([hash(), hash()])
console.log('hashed')
for (;;) await hash()
