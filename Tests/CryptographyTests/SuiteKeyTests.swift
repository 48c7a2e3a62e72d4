import Testing

@testable import Cryptography

/// Which keys every suite makes, takes and refuses.
@Suite("Keys of every suite", .serialized)
struct SuiteKeyTests {
  static let suites = SuiteID.allCases

  @Test("A key for one use or suite serves no other", arguments: suites)
  func keyUses(id: SuiteID) throws {
    let suite = id.suite
    let signing = try suite.generateSigningKey()
    let sealing = try suite.generateSealingKey()
    let twin = try suite.privateKey(sealing.secret, use: .signing)
    let message = utf8("m")
    let signature = try suite.sign(message.span, with: twin)
    #expect(!suite.isValid(signature, of: message, by: sealing.publicKey))
    let secret = SecretBytes(randomByteCount: 32)
    let sealingFault = CryptographyFault.wrongKey(expected: "\(id.name) sealing")
    let signingFault = CryptographyFault.wrongKey(expected: "\(id.name) signing")
    #expect(throws: signingFault) { try suite.sign(message.span, with: sealing) }
    #expect(throws: sealingFault) { try suite.agree(signing, with: sealing.publicKey) }
    #expect(throws: sealingFault) { try suite.agree(sealing, with: signing.publicKey) }
    #expect(throws: sealingFault) { try suite.wrap(secret, to: signing.publicKey) }
    let wrapped = try suite.wrap(secret, to: sealing.publicKey)
    #expect(throws: sealingFault) { try suite.unwrap(wrapped, with: signing) }
    for other in Self.suites where other != id {
      let foreignSigning = try other.suite.generateSigningKey()
      let foreignSealing = try other.suite.generateSealingKey()
      #expect(throws: signingFault) { try suite.sign(message.span, with: foreignSigning) }
      #expect(!suite.isValid(signature, of: message, by: foreignSigning.publicKey))
      #expect(throws: sealingFault) { try suite.agree(sealing, with: foreignSealing.publicKey) }
      #expect(throws: sealingFault) { try suite.agree(foreignSealing, with: sealing.publicKey) }
      #expect(throws: sealingFault) { try suite.wrap(secret, to: foreignSealing.publicKey) }
      #expect(throws: sealingFault) { try suite.unwrap(wrapped, with: foreignSealing) }
    }
  }

  @Test("Public keys of another length are refused", arguments: suites)
  func publicKeyLengths(id: SuiteID) throws {
    let suite = id.suite
    for use in [KeyUse.signing, .sealing] {
      let good = try suite.generateSigningKey().publicKey.encoded
      for count in good.indices {
        #expect(throws: CryptographyFault.malformedPublicKey) {
          try suite.publicKey(Array(good[..<count]), use: use)
        }
      }
      #expect(throws: CryptographyFault.malformedPublicKey) {
        try suite.publicKey(good + [0], use: use)
      }
    }
  }

  @Test("Points off the curve and other encodings are refused", arguments: [SuiteID.sm, .nist])
  func pointsOffTheCurve(id: SuiteID) throws {
    let suite = id.suite
    let good = try suite.generateSigningKey().publicKey.encoded
    for use in [KeyUse.signing, .sealing] {
      for index in good.indices {
        #expect(throws: CryptographyFault.malformedPublicKey) {
          try suite.publicKey(good.flipping(index), use: use)
        }
      }
      let rest = good[1...]
      let parity = good[64] & 1
      let others: [[UInt8]] = [
        [0] + rest, [6 + parity] + rest, [7 - parity] + rest, [2 + parity] + good[1...32], [0],
        [4] + [UInt8](repeating: 0, count: 64), [4] + [UInt8](repeating: 0xff, count: 64),
      ]
      for encoded in others {
        #expect(throws: CryptographyFault.malformedPublicKey) {
          try suite.publicKey(encoded, use: use)
        }
      }
    }
  }

  @Test("A point of the other curve is refused")
  func foreignPoint() throws {
    let point = try NISTSuite().generateSigningKey().publicKey.encoded
    #expect(throws: CryptographyFault.malformedPublicKey) {
      try SMSuite().publicKey(point, use: .signing)
    }
  }

  @Test("A private key is rebuilt from its secret", arguments: suites)
  func privateKeys(id: SuiteID) throws {
    let suite = id.suite
    for use in [KeyUse.signing, .sealing] {
      let key = use == .signing ? try suite.generateSigningKey() : try suite.generateSealingKey()
      let again = try suite.privateKey(SecretBytes(copying: key.secret.copyBytes()), use: use)
      #expect(again.publicKey == key.publicKey)
      for count in [0, 31, 33] {
        #expect(throws: CryptographyFault.malformedPrivateKey) {
          try suite.privateKey(SecretBytes(randomByteCount: count), use: use)
        }
      }
    }
    let key = try suite.generateSigningKey()
    let message = utf8("again")
    let again = try suite.privateKey(key.secret, use: .signing)
    let signature = try suite.sign(message.span, with: again)
    #expect(suite.isValid(signature, of: message, by: key.publicKey))
  }

  @Test("A zero secret is no key on a curve", arguments: [SuiteID.sm, .nist])
  func zeroSecret(id: SuiteID) throws {
    #expect(throws: CryptographyFault.malformedPrivateKey) {
      try id.suite.privateKey(
        SecretBytes(copying: [UInt8](repeating: 0, count: 32)), use: .signing)
    }
  }

  @Test("Equal bytes for another use are another public key", arguments: suites)
  func publicKeyIdentity(id: SuiteID) throws {
    let suite = id.suite
    let key = try suite.generateSigningKey().publicKey
    let same = try suite.publicKey(key.encoded, use: .signing)
    #expect(key == same)
    #expect(Set([key, same]).count == 1)
    let other = PublicKey(suite: key.suite, use: .sealing, encoded: key.encoded, form: key.form)
    #expect(key != other)
    #expect(Set([key, other]).count == 2)
  }
}
