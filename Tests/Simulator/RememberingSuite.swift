internal import Cryptography
internal import Synchronization

/// The suite of one simulated world, which judges every signature and public key once.
///
/// All nodes of a world are in one process and would judge the same bytes again and again, which is
/// half of all work. What was never judged is judged by the real suite: same answers, sooner.
struct RememberingSuite: CryptoSuite {
  private struct Claim: Hashable {
    let key: PublicKey
    let message: [UInt8]
    let signature: Signature

    /// Signatures differ wherever claims do, but for forged ones.
    func hash(into hasher: inout Hasher) { hasher.combine(signature) }
  }

  private struct EncodedKey: Hashable {
    let bytes: [UInt8]
    let use: KeyUse
  }

  private final class Memory: Sendable {
    let verdicts = Mutex<[Claim: Bool]>([:])
    let keys = Mutex<[EncodedKey: PublicKey]>([:])
  }

  private let real: any CryptoSuite
  private let memory = Memory()

  init(_ real: any CryptoSuite) { self.real = real }

  func isValid(_ signature: Signature, of message: Span<UInt8>, by key: PublicKey) -> Bool {
    let claim = Claim(
      key: key, message: message.indices.map { message[$0] }, signature: signature)
    if let known = memory.verdicts.withLock({ $0[claim] }) { return known }
    let verdict = real.isValid(signature, of: message, by: key)
    memory.verdicts.withLock { $0[claim] = verdict }
    return verdict
  }

  func publicKey(_ encoded: [UInt8], use: KeyUse) throws(CryptographyFault) -> PublicKey {
    let name = EncodedKey(bytes: encoded, use: use)
    if let known = memory.keys.withLock({ $0[name] }) { return known }
    let key = try real.publicKey(encoded, use: use)
    memory.keys.withLock { $0[name] = key }
    return key
  }

  // MARK: As the real one

  var id: SuiteID { real.id }
  var symmetricKeyByteCount: Int { real.symmetricKeyByteCount }
  var nonceByteCount: Int { real.nonceByteCount }
  var publicKeyByteCount: Int { real.publicKeyByteCount }
  var wrapOverheadByteCount: Int { real.wrapOverheadByteCount }

  func hash(_ message: Span<UInt8>) -> Digest { real.hash(message) }

  func hash(domain: UInt8, _ message: Span<UInt8>) -> Digest { real.hash(domain: domain, message) }

  func hash(domain: UInt8, _ left: Digest, _ right: Digest) -> Digest {
    real.hash(domain: domain, left, right)
  }

  func authenticate(_ message: Span<UInt8>, key: SecretBytes) -> Digest {
    real.authenticate(message, key: key)
  }

  func generateSigningKey() throws(CryptographyFault) -> PrivateKey {
    try real.generateSigningKey()
  }

  func generateSealingKey() throws(CryptographyFault) -> PrivateKey {
    try real.generateSealingKey()
  }

  func privateKey(_ secret: SecretBytes, use: KeyUse) throws(CryptographyFault) -> PrivateKey {
    try real.privateKey(secret, use: use)
  }

  func sign(_ message: Span<UInt8>, with key: PrivateKey) throws(CryptographyFault) -> Signature {
    try real.sign(message, with: key)
  }

  func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    try real.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
  }

  func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try real.open(sealed, key: key, nonce: nonce, authenticating: associated)
  }

  func agree(
    _ key: PrivateKey, with peer: PublicKey
  ) throws(CryptographyFault) -> SecretBytes {
    try real.agree(key, with: peer)
  }

  func wrap(
    _ secret: SecretBytes, to recipient: PublicKey
  ) throws(CryptographyFault) -> [UInt8] {
    try real.wrap(secret, to: recipient)
  }

  func unwrap(
    _ wrapped: [UInt8], with key: PrivateKey
  ) throws(CryptographyFault) -> SecretBytes {
    try real.unwrap(wrapped, with: key)
  }
}
