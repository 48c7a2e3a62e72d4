internal import CSodium

/// `count` unpredictable bytes from the operating system, for nonces and salts.
///
/// Secrets are made with `SecretBytes(randomByteCount:)` instead, which wipes them.
public func randomBytes(_ count: Int) -> [UInt8] {
  precondition(count >= 0, "a count of bytes is not negative")
  _ = Libraries.sodium
  return [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    if let start = buffer.baseAddress { randombytes_buf(start, count) }
    initializedCount = count
  }
}
