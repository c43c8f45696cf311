/** A certificate that names nobody, valid until 2126, and its key. Made with `openssl req -x509` for these tests. */

export const certificatePem = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUEPuoZ6GbCO03v0n24YrrjL46y00wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOaXNzdWVyLmV4YW1wbGUwIBcNMjYxMTI0MTcyODI2WhgPMjEy
NjEwMzExNzI4MjZaMBkxFzAVBgNVBAMMDmlzc3Vlci5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEUyMb8DJ62IB9AlPLjN7Xr0qa+6wYruy9TvFpJ/b5
fkiS25vH3PtE1rudIwS1nl7eSM6FFkwAAnSGoso5Xey49aNTMFEwHQYDVR0OBBYE
FFZNxUlM7MOVnoVj5UtGDrSmUhVkMB8GA1UdIwQYMBaAFFZNxUlM7MOVnoVj5UtG
DrSmUhVkMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAOOXfqSX
BeRhDVYeBMkmOh5lB8yf7wDZq8CWYkm4bzN6AiEAiMwsWAP//TwuLv29oXfQe3nx
gomEhr6mq32DPvKfOGQ=
-----END CERTIFICATE-----
`;

export const certificateKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'UyMb8DJ62IB9AlPLjN7Xr0qa-6wYruy9TvFpJ_b5fkg',
  y: 'ktubx9z7RNa7nSMEtZ5e3kjOhRZMAAJ0hqLKOV3suPU',
  d: '3rHcpR1m0zm_MEt1Bi9BQL7LqiCrFRdiEBfwL82ZPNU',
} as const;
