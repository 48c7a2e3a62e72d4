import Cryptography

extension CryptoSuite {
  /// A digest for each number: keys, values and leaves that spread as real ones do.
  func number(_ number: Int) -> Digest {
    let bytes = Array("\(number)".utf8)
    return hash(bytes.span)
  }
}
