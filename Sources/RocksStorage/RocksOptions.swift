/// Limits of a store. They are budgets of the whole store, however many tables it has.
public struct RocksOptions: Hashable, Sendable {
  /// Bytes of blocks, indexes and filters kept in memory.
  public var blockCacheBytes = 48 << 20
  /// Bytes of recent writes kept in memory before they are written out as sorted files.
  public var writeBufferBytes = 48 << 20
  /// Most data files open at once.
  public var openFilesLimit = 256
  /// Bytes of write-ahead log after which tables are written out so that it can shrink.
  /// It bounds disk space and the time of a restart.
  public var writeAheadLogBytes = 128 << 20
  /// Bytes of the device that writes leave free for the store's own upkeep: writing out what is
  /// in memory, and merging files. Below it writes throw `StorageFault.full`, reads go on, and
  /// writes go on once there is room again.
  public var reservedDiskBytes = 1 << 30

  public init() {}
}
