/// What both sides of a handshake have in common so far: a hash of all that was said and the keys
/// that follow from what was agreed. The framework calls it SymmetricState.
///
/// - Source: The Noise Protocol Framework, revision 34, 5.2.
struct NoiseTranscript: Sendable {
  private let suite: NoiseSuite
  /// `h`: binds everything said so far.
  private(set) var hash: Digest
  private var chainingKey: SecretBytes
  private var cipher: NoiseCipher?

  init(_ suite: NoiseSuite, prologue: [UInt8]) {
    self.suite = suite
    let name = Array(suite.name.utf8)
    let padding = [UInt8](repeating: 0, count: max(0, Digest.byteCount - name.count))
    hash = Digest(name + padding) ?? suite.base.hash(name.span)
    chainingKey = SecretBytes(copying: hash.bytes)
    mix(prologue[...])
  }

  /// MixHash.
  mutating func mix(_ data: ArraySlice<UInt8>) {
    let joined = hash.bytes + data
    hash = suite.base.hash(joined.span)
  }

  /// MixKey: from here on, what is sealed needs this agreement too.
  mutating func mixKey(_ agreed: SecretBytes) {
    let (next, key) = agreed.withBytes { suite.derivePair(from: $0, chainingKey: chainingKey) }
    chainingKey = next
    cipher = NoiseCipher(suite, derived: key)
  }

  /// Bytes that `encryptAndHash` adds: none before the first agreement.
  var overheadByteCount: Int { cipher == nil ? 0 : NoiseSuite.tagByteCount }

  /// EncryptAndHash.
  mutating func encryptAndHash(_ plaintext: [UInt8]) throws(NoiseFault) -> [UInt8] {
    let associated = hash.bytes
    let sealed =
      try cipher?.encrypt(plaintext.span, authenticating: associated.span) ?? plaintext
    mix(sealed[...])
    return sealed
  }

  /// DecryptAndHash.
  mutating func decryptAndHash(_ sealed: ArraySlice<UInt8>) throws(NoiseFault) -> [UInt8] {
    let associated = hash.bytes
    let plaintext =
      try cipher?.decrypt(sealed.span, authenticating: associated.span) ?? Array(sealed)
    mix(sealed)
    return plaintext
  }

  /// Split: the cipher from initiator to responder, then the one back.
  func split() -> (NoiseCipher, NoiseCipher) {
    let (forth, back) = suite.derivePair(from: Span(), chainingKey: chainingKey)
    return (NoiseCipher(suite, derived: forth), NoiseCipher(suite, derived: back))
  }
}
