internal import CSodium
internal import Synchronization

/// Bytes that must not leak: wiped when the last reference goes, compared in constant time, never
/// printed.
///
/// Keys live in libsodium's guarded memory: between inaccessible pages, left out of core dumps and,
/// while the process may lock memory, out of swap. That costs some pages and tens of microseconds
/// for each, so what only passes through (contents from `CryptoSuite.open`, secrets from `agree`),
/// and keys beyond `guardedCountMax`, are kept in ordinary memory, which is wiped too.
// A class because it owns memory; @unchecked because the memory is written only in `init`, before
// another thread can hold a reference, and only read from then on.
public final class SecretBytes: @unchecked Sendable {
  /// Where the bytes are kept.
  enum Memory {
    case guarded, ordinary
  }

  /// Most secrets in guarded memory at a time: one locked page each fills the 8 MiB that Linux
  /// lets a process lock. A guard also takes several of the process's 65,530 memory regions, and
  /// with those used up every other allocation would fail.
  public static let guardedCountMax = 2_048
  private static let guardedCount = Atomic<Int>(0)

  /// The number of bytes.
  public let count: Int
  private let memory: Memory
  private let start: UnsafeMutablePointer<UInt8>

  /// Reserves `count` bytes at the address that `fill` gets; it must write all of them.
  init<Fault>(
    count: Int, in memory: Memory = .guarded,
    fill: (UnsafeMutablePointer<UInt8>) throws(Fault) -> Void
  ) throws(Fault) {
    precondition(count >= 0, "a count of bytes is not negative")
    _ = Libraries.sodium
    self.count = count
    if memory == .guarded, let guarded = Self.guardedMemory(count) {
      self.memory = .guarded
      start = guarded
    } else {
      self.memory = .ordinary
      start = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    }
    try fill(start)
  }

  deinit {
    switch memory {
    case .guarded:
      sodium_free(start)
      Self.guardedCount.subtract(1, ordering: .relaxed)
    case .ordinary:
      sodium_memzero(start, count)
      start.deallocate()
    }
  }

  /// Guarded memory, unless there is enough of it in use or the host refuses.
  private static func guardedMemory(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    let countBefore = guardedCount.add(1, ordering: .relaxed).oldValue
    guard countBefore < guardedCountMax, let memory = sodium_malloc(count) else {
      guardedCount.subtract(1, ordering: .relaxed)
      return nil
    }
    return memory.assumingMemoryBound(to: UInt8.self)
  }

  /// Copies `bytes`; the caller's copy remains the caller's to wipe.
  public convenience init(copying bytes: [UInt8]) {
    self.init(copying: bytes.span)
  }

  /// Copies `bytes`; the caller's copy remains the caller's to wipe.
  public convenience init(copying bytes: Span<UInt8>) {
    self.init(count: bytes.count) { start in
      bytes.withAddress { start.update(from: $0, count: $1) }
    }
  }

  /// Fills `randomByteCount` bytes from the operating system's randomness.
  public convenience init(randomByteCount: Int) {
    self.init(count: randomByteCount) { randombytes_buf($0, randomByteCount) }
  }

  /// The bytes of `first`, then those of `second`.
  convenience init(joining first: SecretBytes, _ second: SecretBytes) {
    self.init(count: first.count + second.count) { start in
      first.withAddress { start.update(from: $0, count: first.count) }
      second.withAddress { (start + first.count).update(from: $0, count: second.count) }
    }
  }

  /// Undoes `init(joining:)` for two secrets of one length.
  func halves() -> (SecretBytes, SecretBytes) {
    withBytes { bytes in
      let middle = bytes.count / 2
      return (
        SecretBytes(copying: bytes.extracting(..<middle)),
        SecretBytes(copying: bytes.extracting(middle...))
      )
    }
  }

  /// Lends the bytes for the duration of `body`.
  public func withBytes<Result, Fault>(
    _ body: (Span<UInt8>) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeBufferPointer(start: start, count: count).span)
  }

  /// Lends the address of the bytes for a C call within `body`.
  func withAddress<Result, Fault>(
    _ body: (UnsafePointer<UInt8>) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafePointer(start))
  }

  /// The bytes in an array that is not wiped: for contents that are no longer secret.
  public func copyBytes() -> [UInt8] {
    defer { withExtendedLifetime(self) {} }
    return [UInt8](UnsafeBufferPointer(start: start, count: count))
  }
}

extension SecretBytes: Equatable {
  /// Compares in a time that depends on the lengths only.
  public static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    guard left.count == right.count else { return false }
    return left.withAddress { leftStart in
      right.withAddress { sodium_memcmp(leftStart, $0, left.count) == 0 }
    }
  }
}

extension SecretBytes: CustomStringConvertible {
  /// The number of bytes, never the bytes.
  public var description: String { "<\(count) secret bytes>" }
}
