internal import CGcrypt

/// A 32-byte hash and its HMAC, computed by libgcrypt.
///
/// Both suites of hashes share libgcrypt because its one-shot calls use no heap, and it has SM3 in
/// AVX and SHA-256 in SHA-NI instructions.
struct HashFunction: Sendable {
  /// GB/T 32905.
  static let sm3 = HashFunction(GCRY_MD_SM3)
  /// FIPS 180-4.
  static let sha256 = HashFunction(GCRY_MD_SHA256)

  private let algorithm: Int32

  private init(_ algorithm: gcry_md_algos) {
    _ = Libraries.gcrypt
    self.algorithm = Int32(bitPattern: algorithm.rawValue)
  }

  /// The digest of `message`.
  func hash(_ message: Span<UInt8>) -> Digest {
    message.withAddress { hash($0, count: $1) }
  }

  /// The digest of `domain ‖ message`.
  func hash(domain: UInt8, _ message: Span<UInt8>) -> Digest {
    withUnsafePointer(to: domain) { domain in
      message.withAddress { hash(parts: (domain, 1), ($0, $1), flags: 0) }
    }
  }

  /// The digest of `domain ‖ left ‖ right`, put together on the stack.
  func hash(domain: UInt8, _ left: Digest, _ right: Digest) -> Digest {
    let count = 1 + 2 * Digest.byteCount
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { node in
      node[0] = domain
      left.write(to: UnsafeMutableRawBufferPointer(rebasing: node[1..<1 + Digest.byteCount]))
      right.write(to: UnsafeMutableRawBufferPointer(rebasing: node[(1 + Digest.byteCount)...]))
      return hash(UnsafeRawPointer(node.baseAddress), count: count)
    }
  }

  /// HMAC (RFC 2104, GB/T 15852.2) of `message` under `key`.
  func authenticate(_ message: Span<UInt8>, key: SecretBytes) -> Digest {
    key.withAddress { start in
      message.withAddress {
        hash(parts: (start, key.count), ($0, $1), flags: GCRY_MD_FLAG_HMAC.rawValue)
      }
    }
  }

  private func hash(_ start: UnsafeRawPointer?, count: Int) -> Digest {
    withDigestBuffer { gcry_md_hash_buffer(algorithm, $0, start, count) }
  }

  /// Hashes two parts in order; with the HMAC flag the first part is the key.
  private func hash(
    parts first: (UnsafePointer<UInt8>, Int), _ second: (UnsafePointer<UInt8>, Int),
    flags: UInt32
  ) -> Digest {
    withUnsafeTemporaryAllocation(of: gcry_buffer_t.self, capacity: 2) { parts in
      parts.initializeElement(at: 0, to: Self.part(first))
      parts.initializeElement(at: 1, to: Self.part(second))
      return withDigestBuffer { digest in
        let status = gcry_md_hash_buffers(algorithm, flags, digest, parts.baseAddress, 2)
        precondition(status == 0, "libgcrypt refuses its own hash algorithm")
      }
    }
  }

  private static func part(_ part: (start: UnsafePointer<UInt8>, count: Int)) -> gcry_buffer_t {
    gcry_buffer_t(
      size: part.count, off: 0, len: part.count,
      data: UnsafeMutableRawPointer(mutating: part.start))
  }

  private func withDigestBuffer(_ fill: (UnsafeMutableRawPointer?) -> Void) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { buffer in
      fill(buffer.baseAddress)
      return Digest(reading: UnsafeRawBufferPointer(buffer))
    }
  }
}
