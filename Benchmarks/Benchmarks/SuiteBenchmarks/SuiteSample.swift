import Cryptography

/// Keys of a suite and something to work on.
struct SuiteSample {
  let suite: any CryptoSuite
  let left: Digest
  let right: Digest
  let oneKiB: [UInt8]
  let fourKiB: [UInt8]

  /// What members sign: the digest that is a transaction's id.
  let message: [UInt8]
  let signing: PrivateKey
  let signature: Signature

  let secret: SecretBytes
  let nonce: [UInt8]
  let sealed: [UInt8]

  let sealing: PrivateKey
  let peer: PublicKey
  let wrapped: [UInt8]

  init(_ suite: any CryptoSuite) throws(CryptographyFault) {
    // Locals first: the spans of stored arrays are lent only once all properties are set.
    let oneKiB = [UInt8](repeating: 0x5a, count: 1_024)
    let fourKiB = [UInt8](repeating: 0x5a, count: 4_096)
    let message = suite.hash(oneKiB.span).bytes
    let nonce = randomBytes(suite.nonceByteCount)

    self.suite = suite
    self.oneKiB = oneKiB
    self.fourKiB = fourKiB
    self.message = message
    self.nonce = nonce
    left = suite.hash(oneKiB.span)
    right = suite.hash(fourKiB.span)
    signing = try suite.generateSigningKey()
    signature = try suite.sign(message.span, with: signing)
    secret = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
    sealed = try suite.seal(
      fourKiB.span, key: secret, nonce: nonce, authenticating: message.span)
    sealing = try suite.generateSealingKey()
    peer = try suite.generateSealingKey().publicKey
    wrapped = try suite.wrap(secret, to: sealing.publicKey)
  }
}
