import Testing

@testable import Cryptography

/// What every suite promises, whatever its algorithms.
@Suite("Every suite", .serialized)
struct SuiteScenarioTests {
  static let suites = SuiteID.allCases

  @Test("Names and numbers of suites are frozen", arguments: suites)
  func identifiers(id: SuiteID) {
    let frozen: [SuiteID: (UInt8, String, Int, Int, Int, Int)] = [
      .sm: (1, "sm", 16, 12, 65, 97),
      .intl: (2, "intl", 32, 24, 32, 48),
      .nist: (3, "nist", 32, 12, 65, 81),
    ]
    let suite = id.suite
    let found = (
      id.rawValue, id.name, suite.symmetricKeyByteCount, suite.nonceByteCount,
      suite.publicKeyByteCount, suite.wrapOverheadByteCount
    )
    #expect(frozen[id].map { $0 == found } == true)
    #expect(suite.id == id)
    #expect(SuiteID(name: id.name) == id)
  }

  @Test("Hashes with a domain are hashes of the joined bytes", arguments: suites)
  func domainHashes(id: SuiteID) throws {
    let suite = id.suite
    var generator = SeededGenerator(seed: 11)
    for count in [0, 1, 31, 54, 55, 56, 63, 64, 65, 200] {
      let message = generator.bytes(count)
      let domain = UInt8.random(in: 0...255, using: &generator)
      let joined = [domain] + message
      #expect(suite.hash(domain: domain, message.span) == suite.hash(joined.span))
    }
    let left = try #require(Digest(generator.bytes(32)))
    let right = try #require(Digest(generator.bytes(32)))
    let node = [7] + left.bytes + right.bytes
    #expect(suite.hash(domain: 7, left, right) == suite.hash(node.span))
  }

  @Test("HMAC is the twice nested hash of RFC 2104", arguments: suites)
  func nestedHash(id: SuiteID) throws {
    let suite = id.suite
    var generator = SeededGenerator(seed: 12)
    for (keyCount, count) in [(0, 0), (16, 1), (32, 100), (64, 64), (65, 10)] {
      let key = generator.bytes(keyCount)
      let message = generator.bytes(count)
      var block = keyCount > 64 ? suite.hash(key.span).bytes : key
      block += [UInt8](repeating: 0, count: 64 - block.count)
      let inner = suite.hash((block.map { $0 ^ 0x36 } + message).span)
      let outer = suite.hash((block.map { $0 ^ 0x5c } + inner.bytes).span)
      #expect(suite.authenticate(message.span, key: SecretBytes(copying: key)) == outer)
    }
  }

  @Test("A signature is valid, and no other bit pattern near it", arguments: suites)
  func signatures(id: SuiteID) throws {
    let suite = id.suite
    let key = try suite.generateSigningKey()
    let message = utf8("住院费用 1024.00 元")
    let signature = try suite.sign(message.span, with: key)
    #expect(suite.isValid(signature, of: message, by: key.publicKey))
    for index in signature.bytes.indices {
      let altered = try #require(Signature(signature.bytes.flipping(index)))
      #expect(!suite.isValid(altered, of: message, by: key.publicKey))
    }
    for index in message.indices {
      #expect(!suite.isValid(signature, of: message.flipping(index), by: key.publicKey))
    }
    let other = try suite.generateSigningKey().publicKey
    #expect(!suite.isValid(signature, of: message, by: other))
  }

  @Test("Signatures of zeros and of numbers beyond the order are not valid", arguments: suites)
  func extremeSignatures(id: SuiteID) throws {
    let suite = id.suite
    let key = try suite.generateSigningKey()
    let message: [UInt8] = []
    let good = try suite.sign(message.span, with: key).bytes
    let zeros = [UInt8](repeating: 0, count: 32)
    let ones = [UInt8](repeating: 0xff, count: 32)
    for bytes in [
      zeros + zeros, ones + ones, zeros + good[32...], good[..<32] + zeros, ones + good[32...],
      good[..<32] + ones,
    ] {
      let signature = try #require(Signature(bytes))
      #expect(!suite.isValid(signature, of: message, by: key.publicKey))
    }
    #expect(Signature(good.dropLast()) == nil)
    #expect(Signature(good + [0]) == nil)
  }

  @Test("Hundreds of signatures by many keys are valid", arguments: suites)
  func manySignatures(id: SuiteID) throws {
    let suite = id.suite
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<20 {
      let key = try suite.generateSigningKey()
      let parsed = try suite.publicKey(key.publicKey.encoded, use: .signing)
      #expect(parsed == key.publicKey)
      for _ in 0..<15 {
        let message = generator.bytes(Int.random(in: 0..<300, using: &generator))
        let signature = try suite.sign(message.span, with: key)
        #expect(suite.isValid(signature, of: message, by: parsed))
      }
    }
  }

  @Test("Tasks share one key for verification", arguments: suites)
  func sharedKey(id: SuiteID) async throws {
    let suite = id.suite
    let key = try suite.generateSigningKey()
    let message = utf8("shared")
    let signature = try suite.sign(message.span, with: key)
    let valid = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<25).count { _ in suite.isValid(signature, of: message, by: key.publicKey) }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(valid == 200)
  }

  @Test("What is sealed opens; every altered byte is refused", arguments: suites)
  func sealing(id: SuiteID) throws {
    let suite = id.suite
    var generator = SeededGenerator(seed: 14)
    let keyBytes = generator.bytes(suite.symmetricKeyByteCount)
    let key = SecretBytes(copying: keyBytes)
    let nonce = generator.bytes(suite.nonceByteCount)
    let associated = generator.bytes(21)
    for count in [0, 1, 16, 37, 5_000] {
      let plaintext = generator.bytes(count)
      let sealed = try suite.seal(
        plaintext.span, key: key, nonce: nonce, authenticating: associated.span)
      #expect(sealed.count == count + 16)
      let opened = try suite.open(
        sealed.span, key: key, nonce: nonce, authenticating: associated.span)
      #expect(opened.copyBytes() == plaintext)
    }

    let plaintext = generator.bytes(37)
    let sealed = try suite.seal(
      plaintext.span, key: key, nonce: nonce, authenticating: associated.span)
    func refuses(
      _ sealed: [UInt8], _ key: SecretBytes, _ nonce: [UInt8], _ associated: [UInt8]
    ) {
      #expect(throws: CryptographyFault.notAuthentic) {
        try suite.open(sealed.span, key: key, nonce: nonce, authenticating: associated.span)
      }
    }
    for index in sealed.indices { refuses(sealed.flipping(index), key, nonce, associated) }
    for index in nonce.indices { refuses(sealed, key, nonce.flipping(index), associated) }
    for index in associated.indices { refuses(sealed, key, nonce, associated.flipping(index)) }
    for index in keyBytes.indices {
      refuses(sealed, SecretBytes(copying: keyBytes.flipping(index)), nonce, associated)
    }
    for count in sealed.indices { refuses(Array(sealed[..<count]), key, nonce, associated) }
    refuses(sealed + [0], key, nonce, associated)
    refuses(sealed, key, nonce, [])
  }

  @Test("Keys and nonces of another length are refused", arguments: suites)
  func lengths(id: SuiteID) throws {
    let suite = id.suite
    let (keyCount, nonceCount) = (suite.symmetricKeyByteCount, suite.nonceByteCount)
    for wrong in [0, keyCount - 1, keyCount + 1] {
      let fault = CryptographyFault.wrongLength(
        what: "symmetric key", expected: keyCount, found: wrong)
      let key = SecretBytes(randomByteCount: wrong)
      let nonce = randomBytes(nonceCount)
      #expect(throws: fault) {
        try suite.seal(Span(), key: key, nonce: nonce, authenticating: Span())
      }
      #expect(throws: fault) {
        try suite.open(Span(), key: key, nonce: nonce, authenticating: Span())
      }
    }
    for wrong in [0, nonceCount - 1, nonceCount + 1] {
      let fault = CryptographyFault.wrongLength(what: "nonce", expected: nonceCount, found: wrong)
      let key = SecretBytes(randomByteCount: keyCount)
      #expect(throws: fault) {
        try suite.seal(Span(), key: key, nonce: randomBytes(wrong), authenticating: Span())
      }
    }
  }

  @Test("Two sides agree on one secret, another peer gives another", arguments: suites)
  func agreement(id: SuiteID) throws {
    let suite = id.suite
    for _ in 0..<10 {
      let alice = try suite.generateSealingKey()
      let bob = try suite.generateSealingKey()
      let agreed = try suite.agree(alice, with: bob.publicKey)
      #expect(agreed.count == 32)
      #expect(try suite.agree(bob, with: alice.publicKey) == agreed)
      #expect(try suite.agree(alice, with: alice.publicKey) != agreed)
    }
  }

  @Test("Secrets of every allowed length unwrap; every altered byte is refused", arguments: suites)
  func wrapping(id: SuiteID) throws {
    let suite = id.suite
    let recipient = try suite.generateSealingKey()
    for count in 16...64 {
      let secret = SecretBytes(randomByteCount: count)
      let wrapped = try suite.wrap(secret, to: recipient.publicKey)
      #expect(wrapped.count == count + suite.wrapOverheadByteCount)
      #expect(try suite.unwrap(wrapped, with: recipient) == secret)
    }

    let wrapped = try suite.wrap(SecretBytes(randomByteCount: 16), to: recipient.publicKey)
    func refuses(_ wrapped: [UInt8], _ key: PrivateKey) {
      #expect(throws: CryptographyFault.notAuthentic) { try suite.unwrap(wrapped, with: key) }
    }
    for index in wrapped.indices { refuses(wrapped.flipping(index), recipient) }
    for count in wrapped.indices { refuses(Array(wrapped[..<count]), recipient) }
    refuses(wrapped + [0], recipient)
    refuses(wrapped + [UInt8](repeating: 0, count: 100), recipient)
    refuses(wrapped, try suite.generateSealingKey())
  }

  @Test("Secrets too short or too long are not wrapped", arguments: suites)
  func wrapLimits(id: SuiteID) throws {
    let suite = id.suite
    let recipient = try suite.generateSealingKey().publicKey
    for (count, limit) in [(0, 16), (15, 16), (65, 64), (1_000, 64)] {
      let fault = #expect(throws: CryptographyFault.self) {
        try suite.wrap(SecretBytes(randomByteCount: count), to: recipient)
      }
      guard case .wrongLength(_, limit, count) = fault else {
        Issue.record("\(count) bytes gave \(String(describing: fault))")
        continue
      }
    }
  }
}
