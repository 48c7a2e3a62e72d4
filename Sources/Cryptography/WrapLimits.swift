/// What `CryptoSuite.wrap` accepts: symmetric keys and pairs of them, nothing longer.
enum WrapLimits {
  static let secretByteCountMin = 16
  static let secretByteCountMax = 64

  /// Refuses a secret that is too short or too long to wrap.
  static func check(_ secret: SecretBytes) throws(CryptographyFault) {
    guard secret.count >= secretByteCountMin else {
      throw .wrongLength(
        what: "least secret to wrap", expected: secretByteCountMin, found: secret.count)
    }
    guard secret.count <= secretByteCountMax else {
      throw .wrongLength(
        what: "greatest secret to wrap", expected: secretByteCountMax, found: secret.count)
    }
  }

  /// The length of the secret in `wrapped`, or a refusal if `wrap` cannot have made it.
  static func secretByteCount(
    of wrapped: [UInt8], overhead: Int
  ) throws(CryptographyFault) -> Int {
    let count = wrapped.count - overhead
    guard (secretByteCountMin...secretByteCountMax).contains(count) else { throw .notAuthentic }
    return count
  }
}
