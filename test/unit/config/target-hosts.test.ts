import assert from 'node:assert/strict'
import { test } from 'node:test'
import { targetHosts } from '../../../src/config/target-hosts.ts'

test('what no URL takes for a host name is a mistake of the user, however it is written', () => {
  for (const host of ['ho st', 'a%b', '999.1.1.1', '[fe80::1%eth0]', 'a\\b', 'a^b']) {
    assert.throws(() => targetHosts(`${host}:9200`), /is neither a host name nor an address/, host)
  }
  for (const host of ['a/b', 'a b', 'u@h', 'h?x']) {
    assert.throws(() => targetHosts(JSON.stringify({ default: [{ host, port: 9200 }] })), /is neither a host name nor an address/, host)
  }
})

test('names, addresses and names of other scripts are hosts', () => {
  for (const host of ['es-1.a_b.example', '127.0.0.1', '[::1]', 'münchen.example', 'localhost']) {
    assert.equal(targetHosts(`${host}:9200`)['default']?.[0]?.port, 9200, host)
  }
})
