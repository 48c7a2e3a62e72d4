import Testing

@testable import Cryptography

@Suite(.serialized)
struct KeyFileTests {
  private let passphrase = SecretBytes(copying: utf8("correct horse battery staple"))

  /// The least work Argon2id does, so that thousands of attempts are quick.
  private func weakest() throws -> PassphraseStrength {
    try #require(PassphraseStrength(operations: 1, memoryByteCount: 8_192))
  }

  private func keyFile(
    _ id: SuiteID, name: String = "市第一医院"
  ) throws -> (KeyFile, String) {
    let signing = try id.suite.generateSigningKey()
    let sealing = try id.suite.generateSealingKey()
    let text = try KeyFile.encode(
      name: name, suite: id, signing: signing, sealing: sealing, passphrase: passphrase,
      strength: try weakest())
    return (try KeyFile.decode(text, passphrase: passphrase), text)
  }

  @Test("A key file gives back name and keys", arguments: SuiteID.allCases)
  func roundTrip(id: SuiteID) throws {
    let suite = id.suite
    let signing = try suite.generateSigningKey()
    let sealing = try suite.generateSealingKey()
    let text = try KeyFile.encode(
      name: "hospital-a", suite: id, signing: signing, sealing: sealing, passphrase: passphrase)
    let identity = try PublicIdentity(
      name: "hospital-a", signing: signing.publicKey, sealing: sealing.publicKey)
    let file = try KeyFile.decode(text, passphrase: passphrase)
    #expect(file.identity == identity)
    #expect(file.signing.secret == signing.secret)
    #expect(file.sealing.secret == sealing.secret)
    #expect(try KeyFile.readPublic(text) == identity)
    #expect(text.contains("kdf-operations: 2\nkdf-memory-bytes: 67108864\n"))
    #expect(!text.contains(signing.secret.copyBytes().hex))
    #expect(!text.contains(sealing.secret.copyBytes().hex))
  }

  @Test("Two files of the same keys share neither salt, nonce nor ciphertext")
  func freshness() throws {
    let (file, first) = try keyFile(.intl)
    let second = try KeyFile.encode(
      name: file.identity.name, suite: .intl, signing: file.signing, sealing: file.sealing,
      passphrase: passphrase, strength: try weakest())
    for (left, right) in zip(first.split(separator: "\n"), second.split(separator: "\n")) {
      let isFresh = ["salt", "nonce", "ciphertext"].contains { left.hasPrefix($0) }
      #expect((left != right) == isFresh)
    }
  }

  @Test("Every other passphrase is refused", arguments: SuiteID.allCases)
  func wrongPassphrase(id: SuiteID) throws {
    let (_, text) = try keyFile(id)
    for wrong in ["", "correct horse battery stapl", "correct horse battery staple ", "Correct"] {
      #expect(throws: CryptographyFault.wrongPassphrase) {
        try KeyFile.decode(text, passphrase: SecretBytes(copying: utf8(wrong)))
      }
    }
  }

  @Test("A key file with any altered byte is refused", arguments: SuiteID.allCases)
  func alteredBytes(id: SuiteID) throws {
    let (_, text) = try keyFile(id)
    let bytes = utf8(text)
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x20] {
        let altered = String(decoding: bytes.flipping(index, mask: mask), as: UTF8.self)
        let fault = #expect(throws: CryptographyFault.self) {
          try KeyFile.decode(altered, passphrase: passphrase)
        }
        switch fault {
        case .wrongPassphrase, .malformedKeyFile, .malformedPublicKey: break
        default: Issue.record("byte \(index) gave \(String(describing: fault))")
        }
      }
    }
  }

  @Test("A key file that is cut, extended or re-written is refused")
  func mutilation() throws {
    let (_, text) = try keyFile(.intl)
    func refuses(_ text: String) {
      let fault = #expect(throws: CryptographyFault.self) { try KeyFile.readPublic(text) }
      switch fault {
      case .malformedKeyFile, .malformedPublicKey: break
      default: Issue.record("\(String(describing: fault))")
      }
    }
    for count in 0..<text.utf8.count {
      refuses(String(decoding: utf8(text)[..<count], as: UTF8.self))
    }
    refuses(text + "\n")
    refuses("\n" + text)
    refuses(text + String(repeating: "x", count: KeyFile.byteCountMax))
    refuses(text.split(separator: "\n").joined(separator: "\r\n") + "\r\n")
    refuses(text.split(separator: "\n").reversed().joined(separator: "\n") + "\n")
    refuses(text.replacing("kdf-operations: 1", with: "kdf-operations: 01"))
    refuses(text.replacing("kdf-operations: 1", with: "kdf-operations: +1"))
    refuses(text.replacing("yilian-key-file: 1", with: "yilian-key-file: 2"))
    refuses(text.replacing("suite: intl", with: "suite: sm4"))
  }

  @Test(
    "A file that asks for more work than the limits is refused before the work",
    arguments: [
      ("kdf-operations: 1", "kdf-operations: 11"),
      ("kdf-operations: 1", "kdf-operations: 0"),
      ("kdf-operations: 1", "kdf-operations: -1"),
      ("kdf-operations: 1", "kdf-operations: 99999999999999999999999"),
      ("kdf-memory-bytes: 8192", "kdf-memory-bytes: 1073741825"),
      ("kdf-memory-bytes: 8192", "kdf-memory-bytes: 8191"),
    ])
  func hostileWork(line: String, hostile: String) throws {
    let (_, text) = try keyFile(.intl)
    let fault = #expect(throws: CryptographyFault.self) {
      try KeyFile.decode(text.replacing(line, with: hostile), passphrase: passphrase)
    }
    guard case .malformedKeyFile = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
  }

  @Test("Names of bounded length without control characters are accepted, others are not")
  func names() throws {
    for name in ["a", "医", String(repeating: "n", count: 128)] {
      let (file, _) = try keyFile(.intl, name: name)
      #expect(utf8(file.identity.name) == utf8(name))
    }
    // A name is kept as its bytes: one letter with an accent may be written in two ways.
    let (file, _) = try keyFile(.intl, name: "e\u{301}")
    #expect(utf8(file.identity.name) == [0x65, 0xcc, 0x81])
    for name in ["", "a\nb", "\u{7f}", "a\0", String(repeating: "n", count: 129)] {
      #expect(throws: CryptographyFault.self) { try keyFile(.intl, name: name) }
    }
  }

  @Test("Keys of another suite or use are not written")
  func wrongKeys() throws {
    let signing = try SMSuite().generateSigningKey()
    let sealing = try SMSuite().generateSealingKey()
    let foreign = try IntlSuite().generateSealingKey()
    for (suite, first, second) in [
      (SuiteID.intl, signing, sealing), (.sm, sealing, signing), (.sm, signing, foreign),
      (.sm, signing, signing),
    ] {
      #expect(throws: CryptographyFault.self) {
        try KeyFile.encode(
          name: "n", suite: suite, signing: first, sealing: second, passphrase: passphrase,
          strength: try weakest())
      }
    }
  }
}
