/// The readable part of a key file, which is also the associated data of its ciphertext.
struct KeyFileHeader {
  private static let version = "1"
  private static let derivation = "argon2id"
  /// The secrets of two keys and the tag.
  private static let ciphertextByteCount =
    2 * PrivateKey.secretByteCount + ChaChaCipher.tagByteCount

  let identity: PublicIdentity
  let strength: PassphraseStrength
  let salt: [UInt8]
  let nonce: [UInt8]

  /// The lines before the ciphertext.
  var text: String {
    """
    yilian-key-file: \(Self.version)
    suite: \(identity.suite.name)
    name: \(identity.name)
    signing-key: \(identity.signing.encoded.hex)
    sealing-key: \(identity.sealing.encoded.hex)
    kdf: \(Self.derivation)
    kdf-operations: \(strength.operations)
    kdf-memory-bytes: \(strength.memoryByteCount)
    salt: \(salt.hex)
    nonce: \(nonce.hex)

    """
  }

  /// The whole file.
  func text(with ciphertext: [UInt8]) -> String { text + "ciphertext: \(ciphertext.hex)\n" }

  /// Reads a key file; only the very bytes that would be written again are accepted.
  static func parse(
    _ text: String
  ) throws(CryptographyFault) -> (header: KeyFileHeader, ciphertext: [UInt8]) {
    let found = text.utf8
    guard found.count <= KeyFile.byteCountMax else {
      throw .malformedKeyFile(reason: "it is longer than \(KeyFile.byteCountMax) bytes")
    }
    var lines = found.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard try value("yilian-key-file", &lines) == version else {
      throw .malformedKeyFile(reason: "its version is not \(version); a newer program may read it")
    }
    guard let suite = SuiteID(name: try value("suite", &lines))?.suite else {
      throw .malformedKeyFile(reason: "its suite is not known")
    }
    let identity = try PublicIdentity(
      name: try value("name", &lines),
      signing: try suite.publicKey(try bytes("signing-key", &lines), use: .signing),
      sealing: try suite.publicKey(try bytes("sealing-key", &lines), use: .sealing))
    guard try value("kdf", &lines) == derivation else {
      throw .malformedKeyFile(reason: "its kdf is not \(derivation)")
    }
    guard
      let strength = PassphraseStrength(
        operations: try number("kdf-operations", &lines),
        memoryByteCount: try number("kdf-memory-bytes", &lines))
    else { throw .malformedKeyFile(reason: "its kdf asks for more work than is allowed") }
    let header = KeyFileHeader(
      identity: identity, strength: strength,
      salt: try bytes("salt", &lines, count: PassphraseStrength.saltByteCount),
      nonce: try bytes("nonce", &lines, count: ChaChaCipher.extended.nonceByteCount))
    let ciphertext = try bytes("ciphertext", &lines, count: ciphertextByteCount)
    // Bytes, not strings, are compared: equal strings may be written in several ways.
    guard found.elementsEqual(header.text(with: ciphertext).utf8) else {
      throw .malformedKeyFile(reason: "it is not written as this program writes it")
    }
    return (header, ciphertext)
  }

  private static func value(
    _ name: String, _ lines: inout ArraySlice<Substring.UTF8View>
  ) throws(CryptographyFault) -> String {
    let label = "\(name): "
    guard let line = lines.popFirst(), line.starts(with: label.utf8) else {
      throw .malformedKeyFile(reason: "the line '\(name)' is missing")
    }
    return String(decoding: line.dropFirst(label.utf8.count), as: UTF8.self)
  }

  private static func number(
    _ name: String, _ lines: inout ArraySlice<Substring.UTF8View>
  ) throws(CryptographyFault) -> Int {
    guard let number = Int(try value(name, &lines)) else {
      throw .malformedKeyFile(reason: "'\(name)' is not a number")
    }
    return number
  }

  private static func bytes(
    _ name: String, _ lines: inout ArraySlice<Substring.UTF8View>, count: Int? = nil
  ) throws(CryptographyFault) -> [UInt8] {
    guard let bytes = [UInt8](hex: try value(name, &lines)), count == nil || count == bytes.count
    else { throw .malformedKeyFile(reason: "'\(name)' has not the hexadecimal digits it needs") }
    return bytes
  }
}
