import test from 'ava'
import { e164 } from '../../src/domains/accounts/contact.ts'
import type { Post } from '../../src/domains/posts/model.ts'
import { isVisible } from '../../src/domains/posts/policy.ts'
import { idOf } from '../../seeds/ids.ts'
import { comments, firstUserId, friendships, media, notifications, posts, users } from '../../seeds/rows.ts'

test('ids are the same on every machine', t => {
  t.is<string, string>(firstUserId, '01a0c2df-28c0-7ecb-8c22-44c14f8ef56c')
  t.not(idOf('another', new Date(0)), idOf('one', new Date(0)))
})

test('ids are told apart, and are in the order of time', t => {
  for (const rows of [users, posts, media, comments, notifications]) {
    const ids = rows.map(({ id }) => id)
    t.is(new Set(ids).size, ids.length)
    for (const one of rows)
      for (const other of rows) if (one.createdAt < other.createdAt) t.true(one.id < other.id, `${one.id} ${other.id}`)
  }
})

test('everybody has a valid number of their own, of those kept for stories', t => {
  const phones = users.map(({ phone }) => phone)
  t.is(new Set(phones).size, phones.length)
  for (const phone of phones) {
    t.is(e164(phone), phone)
    t.regex(phone, /^\+1\d{3}55501\d\d$/)
  }
})

test('nobody comments on what they cannot see, or before it is there', t => {
  for (const { postId, authorId: viewer, createdAt } of comments) {
    const post = posts.find(({ id }) => id === postId) as (typeof posts)[number]
    const friends = friendships.some(
      ({ userA, userB, status, acceptedAt }) =>
        status === 'accepted' &&
        [userA, userB].includes(viewer) &&
        [userA, userB].includes(post.authorId) &&
        acceptedAt !== null &&
        acceptedAt < createdAt,
    )
    t.true(
      isVisible({ ...post, deletedAt: null } as Post, {
        viewer,
        friends,
        active: true,
        hidden: false,
        isPrivate: false,
      }),
      post.text,
    )
    t.true(post.createdAt < createdAt)
  }
})

test('posts count their comments', t => {
  for (const { id, commentCount, version } of posts) {
    t.is(comments.filter(({ postId }) => postId === id).length, commentCount)
    t.is(version, commentCount + 1)
  }
})
