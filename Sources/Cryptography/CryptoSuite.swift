/// Which algorithms a chain uses; fixed in its genesis document.
public enum SuiteID: UInt8, CaseIterable, Sendable {
  /// SM2 with SM3, SM3, SM4-GCM, SM2 public-key encryption.
  case sm = 1
  /// Ed25519, SHA-256, XChaCha20-Poly1305, X25519.
  case intl = 2
  /// ECDSA over P-256, SHA-256, AES-256-GCM, ECDH over P-256.
  case nist = 3

  /// The name used in genesis documents and on the command line.
  public var name: String {
    switch self {
    case .sm: "sm"
    case .intl: "intl"
    case .nist: "nist"
    }
  }

  /// Reads the name that `name` writes.
  public init?(name: String) {
    guard let suite = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = suite
  }

  /// The implementation of this suite.
  public var suite: any CryptoSuite {
    switch self {
    case .sm: SMSuite()
    case .intl: IntlSuite()
    case .nist: NISTSuite()
    }
  }
}

/// Every cryptographic operation of a chain, so that chains differ in algorithms and nowhere else.
///
/// Values of conforming types hold no state and are safe to share between threads.
public protocol CryptoSuite: Sendable {
  /// The suite's identifier.
  var id: SuiteID { get }

  /// Bytes of a symmetric key: 16 for `sm`, 32 for the others.
  var symmetricKeyByteCount: Int { get }
  /// Bytes of an AEAD nonce: 12 for `sm` and `nist`, 24 for `intl`.
  var nonceByteCount: Int { get }
  /// Bytes of an encoded public key: 65 (`0x04‖x‖y`) for `sm` and `nist`, 32 for `intl`.
  var publicKeyByteCount: Int { get }
  /// Bytes that `wrap` adds to what it wraps.
  var wrapOverheadByteCount: Int { get }

  /// The digest of `message`.
  func hash(_ message: Span<UInt8>) -> Digest
  /// The digest of `domain ‖ message`.
  func hash(domain: UInt8, _ message: Span<UInt8>) -> Digest
  /// The digest of `domain ‖ left ‖ right`: a tree node, computed without the heap.
  func hash(domain: UInt8, _ left: Digest, _ right: Digest) -> Digest

  /// HMAC of `message` under `key`.
  func authenticate(_ message: Span<UInt8>, key: SecretBytes) -> Digest

  /// Makes a key pair for signatures from the operating system's randomness.
  func generateSigningKey() throws(CryptographyFault) -> PrivateKey
  /// Makes a key pair for key agreement and wrapping from the operating system's randomness.
  func generateSealingKey() throws(CryptographyFault) -> PrivateKey
  /// Rebuilds a key pair from its secret scalar (or seed), as key files keep it.
  func privateKey(_ secret: SecretBytes, use: KeyUse) throws(CryptographyFault) -> PrivateKey
  /// Parses and validates an encoded public key (on the curve, not the identity).
  func publicKey(_ encoded: [UInt8], use: KeyUse) throws(CryptographyFault) -> PublicKey

  /// Signs `message`; 64 bytes (D7). SM2 uses the id `1234567812345678`.
  func sign(_ message: Span<UInt8>, with key: PrivateKey) throws(CryptographyFault) -> Signature
  /// Whether `signature` is `key`'s over `message`. Malformed signatures are simply not valid.
  func isValid(_ signature: Signature, of message: Span<UInt8>, by key: PublicKey) -> Bool

  /// Encrypts and authenticates. The result is `ciphertext ‖ 16-byte tag`.
  func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8]
  /// Undoes `seal`.
  /// - Throws: `CryptographyFault.notAuthentic` if any input differs from what was sealed.
  func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes

  /// The Diffie-Hellman secret of a private and a peer's public sealing key.
  func agree(_ key: PrivateKey, with peer: PublicKey) throws(CryptographyFault) -> SecretBytes
  /// Encrypts a short secret (16 to 64 bytes) so that only the owner of `recipient` can unwrap it.
  func wrap(_ secret: SecretBytes, to recipient: PublicKey) throws(CryptographyFault) -> [UInt8]
  /// Undoes `wrap`.
  /// - Throws: `CryptographyFault.notAuthentic` if it was not wrapped to this key or was altered.
  func unwrap(_ wrapped: [UInt8], with key: PrivateKey) throws(CryptographyFault) -> SecretBytes
}

/// What a key pair is for. One key never serves both uses.
public enum KeyUse: UInt8, Sendable {
  case signing = 1
  case sealing = 2
}

/// What can go wrong in a cryptographic operation that got input from outside.
public enum CryptographyFault: Error, Hashable, Sendable {
  /// The bytes are not a public key of this suite and use.
  case malformedPublicKey
  /// The bytes are not a private key of this suite and use.
  case malformedPrivateKey
  /// A key of another suite or use was given.
  case wrongKey(expected: String)
  /// A symmetric key, nonce or secret has the wrong length.
  case wrongLength(what: String, expected: Int, found: Int)
  /// Decryption found a tag, key or associated data that does not match.
  case notAuthentic
  /// The C library refused an operation that should succeed (`operation` names it).
  case libraryFailure(operation: String)
  /// A key file cannot be read (`reason` says why and what to do).
  case malformedKeyFile(reason: String)
  /// The passphrase does not open the key file.
  case wrongPassphrase
}

/// A signature: exactly 64 bytes, `r ‖ s` or Ed25519's encoding, never DER (D7).
public struct Signature: Hashable, Sendable {
  /// Length of every signature, in bytes.
  public static let byteCount = 64
  /// The 64 bytes.
  public let bytes: [UInt8]
  /// - Returns: `nil` unless there are exactly 64 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}
