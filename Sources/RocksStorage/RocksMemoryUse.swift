/// Where the memory of a store is, in bytes.
public struct RocksMemoryUse: Hashable, Sendable {
  /// Cached blocks, indexes and filters.
  public let blockCacheBytes: UInt64
  /// Recent writes that are not yet in sorted files, or still read by a scan.
  public let writeBufferBytes: UInt64
  /// What open files need outside the cache (estimate).
  public let openFileBytes: UInt64
}
