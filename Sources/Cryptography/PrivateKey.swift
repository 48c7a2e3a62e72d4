/// A private key with its public key, made by `CryptoSuite.generate…Key` or `privateKey`.
///
/// Its secret is wiped when the last copy goes.
public struct PrivateKey: Sendable {
  /// How the library that works with the key wants it.
  enum Form {
    /// OpenSSL's parsed key.
    case elliptic(EllipticKey)
    /// libsodium's 64 bytes for Ed25519: the seed and the public key.
    case edwards(SecretBytes)
    /// X25519 works with the scalar itself.
    case montgomery
  }

  /// Bytes of the secret in every suite: a scalar, most significant byte first, or a seed.
  public static let secretByteCount = 32

  /// The public half.
  public let publicKey: PublicKey
  /// The scalar or seed, for key files; 32 bytes.
  package let secret: SecretBytes
  let form: Form

  init(publicKey: PublicKey, secret: SecretBytes, form: Form) {
    self.publicKey = publicKey
    self.secret = secret
    self.form = form
  }

  /// OpenSSL's form of the key, or a refusal if it is of another suite or use.
  func elliptic(_ suite: SuiteID, _ use: KeyUse) throws(CryptographyFault) -> EllipticKey {
    try publicKey.require(suite, use)
    guard case .elliptic(let key) = form else {
      throw .wrongKey(expected: "\(suite.name) \(use)")
    }
    return key
  }
}

extension PrivateKey: CustomStringConvertible {
  /// Which key it is, never its secret.
  public var description: String { "private key of \(publicKey)" }
}
