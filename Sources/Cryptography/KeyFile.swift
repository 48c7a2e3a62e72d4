/// The two key pairs of a member or node, as a text file encrypted under a passphrase.
///
/// Everything but the secrets is readable, and all of it is authenticated:
///
///     yilian-key-file: 1
///     suite: sm
///     name: 市第一医院
///     signing-key: 04…
///     sealing-key: 04…
///     kdf: argon2id
///     kdf-operations: 2
///     kdf-memory-bytes: 67108864
///     salt: …
///     nonce: …
///     ciphertext: …
///
/// The ciphertext holds signing secret ‖ sealing secret under XChaCha20-Poly1305, whatever the
/// suite; the lines above it are the associated data.
public struct KeyFile: Sendable {
  /// Most bytes of a key file; a larger one is refused before it is looked at.
  public static let byteCountMax = 4_096

  /// The name and the public halves.
  public let identity: PublicIdentity
  /// The key pair for signatures.
  public let signing: PrivateKey
  /// The key pair for key agreement and wrapping.
  public let sealing: PrivateKey

  /// Writes a key file.
  /// - Throws: `wrongKey` unless the keys are a signing and a sealing key of `suite`,
  ///   `malformedKeyFile` for a name out of bounds.
  public static func encode(
    name: String, suite: SuiteID, signing: PrivateKey, sealing: PrivateKey,
    passphrase: SecretBytes, strength: PassphraseStrength = .interactive
  ) throws(CryptographyFault) -> String {
    try signing.publicKey.require(suite, .signing)
    let header = KeyFileHeader(
      identity: try PublicIdentity(
        name: name, signing: signing.publicKey, sealing: sealing.publicKey),
      strength: strength, salt: randomBytes(PassphraseStrength.saltByteCount),
      nonce: randomBytes(ChaChaCipher.extended.nonceByteCount))
    let key = try strength.key(ChaChaCipher.keyByteCount, from: passphrase, salt: header.salt)
    let secrets = SecretBytes(joining: signing.secret, sealing.secret)
    let ciphertext = try secrets.withBytes { secrets throws(CryptographyFault) in
      try ChaChaCipher.extended.seal(
        secrets, key: key, nonce: header.nonce, authenticating: Array(header.text.utf8).span)
    }
    return header.text(with: ciphertext)
  }

  /// Opens a key file.
  /// - Throws: `malformedKeyFile` or `malformedPublicKey` if the text is not exactly of the form
  ///   that `encode` writes, `wrongPassphrase` if passphrase, header or ciphertext is not the one
  ///   that was written.
  public static func decode(
    _ text: String, passphrase: SecretBytes
  ) throws(CryptographyFault) -> KeyFile {
    let (header, ciphertext) = try KeyFileHeader.parse(text)
    let key = try header.strength.key(
      ChaChaCipher.keyByteCount, from: passphrase, salt: header.salt)
    let secrets: SecretBytes
    do {
      secrets = try ChaChaCipher.extended.open(
        ciphertext.span, key: key, nonce: header.nonce,
        authenticating: Array(header.text.utf8).span)
    } catch {
      throw .wrongPassphrase
    }
    let suite = header.identity.suite.suite
    let (first, second) = secrets.halves()
    let signing = try suite.privateKey(first, use: .signing)
    let sealing = try suite.privateKey(second, use: .sealing)
    guard signing.publicKey == header.identity.signing,
      sealing.publicKey == header.identity.sealing
    else { throw .malformedKeyFile(reason: "the secrets are not those of the public keys") }
    return KeyFile(identity: header.identity, signing: signing, sealing: sealing)
  }

  /// Reads the part of a key file that needs no passphrase. It is not authenticated.
  /// - Throws: `malformedKeyFile` or `malformedPublicKey` if the text is not exactly of the form
  ///   that `encode` writes.
  public static func readPublic(_ text: String) throws(CryptographyFault) -> PublicIdentity {
    try KeyFileHeader.parse(text).header.identity
  }
}
