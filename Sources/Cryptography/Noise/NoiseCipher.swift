/// One direction of a Noise session: a key and the number of the next message.
///
/// Messages open only in the order in which they were sealed. A copy counts for itself and would
/// use nonces twice: keep one.
/// - Source: The Noise Protocol Framework, revision 34, 5.1.
public struct NoiseCipher: Sendable {
  private let suite: NoiseSuite
  private let key: SecretBytes
  /// The number of the next message; 2⁶⁴ - 1 is reserved by the framework and never used.
  package private(set) var nonce: UInt64

  /// Starts at message `nonce`, which is other than 0 in tests only.
  package init(_ suite: NoiseSuite, derived: SecretBytes, nonce: UInt64 = 0) {
    self.suite = suite
    key = suite.cipherKey(derived)
    self.nonce = nonce
  }

  /// Seals the next message: `ciphertext ‖ 16-byte tag`.
  /// - Throws: `tooLong` if that is over 65,535 bytes; `nonceExhausted`.
  public mutating func encrypt(
    _ plaintext: Span<UInt8>, authenticating associated: Span<UInt8> = Span()
  ) throws(NoiseFault) -> [UInt8] {
    let byteCount = plaintext.count + NoiseSuite.tagByteCount
    guard byteCount <= NoiseSuite.messageByteCountMax else { throw .tooLong(byteCount: byteCount) }
    guard nonce < .max else { throw .nonceExhausted }
    do {
      let sealed = try suite.seal(
        plaintext, key: key, nonce: nonce, authenticating: associated)
      nonce += 1
      return sealed
    } catch {
      throw .failed(error)
    }
  }

  /// Opens the next message. A refused message changes nothing.
  /// - Throws: `notAuthentic` unless it is exactly what the other side sealed as its next message
  ///   with the same associated data; `tooLong`, `malformed`, `nonceExhausted`.
  public mutating func decrypt(
    _ message: Span<UInt8>, authenticating associated: Span<UInt8> = Span()
  ) throws(NoiseFault) -> [UInt8] {
    guard message.count <= NoiseSuite.messageByteCountMax else {
      throw .tooLong(byteCount: message.count)
    }
    guard message.count >= NoiseSuite.tagByteCount else { throw .malformed }
    guard nonce < .max else { throw .nonceExhausted }
    do {
      let opened = try suite.open(message, key: key, nonce: nonce, authenticating: associated)
      nonce += 1
      return opened
    } catch .notAuthentic {
      throw .notAuthentic
    } catch {
      throw .failed(error)
    }
  }
}
