internal import CRocksDB
public import Storage

/// A store on disk, kept by RocksDB.
///
/// One process at a time may have it open. All tables share one write-ahead log: a batch over
/// several tables is atomic, and a synced write makes every earlier write durable too.
///
/// After a device failed in a write, the store stays readable and may refuse every later write
/// until it is opened again. A batch whose sync failed is not visible before that, but may be found
/// whole afterwards. Writes into `RocksOptions.reservedDiskBytes` are refused beforehand instead
/// and have no such consequence.
public final class RocksStore: KeyValueStore {
  private let database: RocksDatabase
  private let directory: StoreDirectory
  private let reservedDiskBytes: Int

  /// Opens the store at `path`, or creates it there; the parent directory must exist.
  ///
  /// - Parameter tables: All tables that will be used. New ones are created, others that are on
  ///   disk stay untouched.
  /// - Throws: `cannotOpen` if another process holds it, or on missing rights; `corrupt` if its
  ///   files are damaged or lost; `full` if the device lacks room to write out the log.
  public init(
    path: String, tables: [Table], options: RocksOptions = RocksOptions()
  ) throws(StorageFault) {
    directory = try StoreDirectory(creating: path)
    reservedDiskBytes = options.reservedDiskBytes
    // Opening writes out what the log holds.
    let (replayBytes, overflow) = options.writeAheadLogBytes.addingReportingOverflow(
      options.writeBufferBytes)
    try directory.requireRoom(for: overflow ? .max : replayBytes)
    database = try RocksDatabase(directory, tables: tables, options: options)
  }

  public func get(_ table: Table, _ key: [UInt8]) throws(StorageFault) -> [UInt8]? {
    let family = try database.family(table)
    let found = try checked { message in
      key.withChars { start, count in
        rocksdb_get_pinned_cf(
          database.handle, database.reading.pointer, family, start, count, message)
      }
    }
    guard let found else { return nil }
    defer { rocksdb_pinnableslice_destroy(found) }
    return [UInt8](copyingSlice: found)
  }

  public func get(_ table: Table, _ keys: [[UInt8]]) throws(StorageFault) -> [[UInt8]?] {
    let family = try database.family(table)
    var slices = [OpaquePointer?](repeating: nil, count: keys.count)
    var messages = [UnsafeMutablePointer<CChar>?](repeating: nil, count: keys.count)
    defer {
      slices.forEach(rocksdb_pinnableslice_destroy)
      messages.forEach { rocksdb_free($0) }
    }
    // All keys in one buffer: pointers into it stay valid together.
    Array(keys.joined()).withChars { start, _ in
      var end = 0
      let starts = keys.map { key in
        defer { end += key.count }
        return start.map { $0 + end }
      }
      rocksdb_batched_multi_get_cf(
        database.handle, database.reading.pointer, family, keys.count, starts, keys.map(\.count),
        &slices, &messages, false)
    }
    for case let message? in messages { throw StorageFault(describedBy: String(cString: message)) }
    return slices.map { slice in slice.map { [UInt8](copyingSlice: $0) } }
  }

  public func scan(
    _ table: Table, in range: KeyRange, reversed: Bool,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) throws(StorageFault) {
    let family = try database.family(table)
    guard let upperBound = range.upperBound else {
      let limits = RocksDatabase.readOptions()
      return try scan(family, range.lowerBound, limits: limits, reversed, visit)
    }
    // The library wants lowerBound < upperBound.
    guard range.lowerBound.lexicographicallyPrecedes(upperBound) else { return }
    try upperBound.withChars { start, count throws(StorageFault) in
      let limits = RocksDatabase.readOptions()
      rocksdb_readoptions_set_iterate_upper_bound(limits.pointer, start, count)
      try scan(family, range.lowerBound, limits: limits, reversed, visit)
    }
  }

  public func write(_ batch: WriteBatch, sync: Bool) throws(StorageFault) {
    let (room, overflow) = reservedDiskBytes.addingReportingOverflow(batch.byteCount)
    try directory.requireRoom(for: overflow ? .max : room)
    let updates = OwnedPointer(
      rocksdb_writebatch_create(), destroyedBy: rocksdb_writebatch_destroy)
    for change in batch.changes {
      switch change {
      case .put(let table, let key, let value):
        let family = try database.family(table)
        key.withChars { key, keyCount in
          value.withChars { value, valueCount in
            rocksdb_writebatch_put_cf(updates.pointer, family, key, keyCount, value, valueCount)
          }
        }
      case .delete(let table, let key):
        let family = try database.family(table)
        key.withChars { rocksdb_writebatch_delete_cf(updates.pointer, family, $0, $1) }
      }
    }
    let options = sync ? database.synced.pointer : database.unsynced.pointer
    try checked { rocksdb_write(database.handle, options, updates.pointer, $0) }
  }

  /// Writes what is in memory out to sorted files and waits for it.
  public func flush() throws(StorageFault) {
    let options = OwnedPointer(
      rocksdb_flushoptions_create(), destroyedBy: rocksdb_flushoptions_destroy)
    for family in database.families.values {
      try checked { rocksdb_flush_cf(database.handle, options.pointer, family, $0) }
    }
  }

  /// Rewrites all tables without overwritten and deleted entries, and waits for it; takes long.
  ///
  /// The library does not report failures here: the next write does.
  public func compact() {
    for family in database.families.values {
      rocksdb_compact_range_cf(database.handle, family, nil, 0, nil, 0)
    }
  }

  /// Bytes of data files and write-ahead logs, including some that will soon be deleted.
  public var approximateSizeOnDisk: UInt64 { directory.dataBytes }

  /// What the store holds in memory now.
  public func memoryUse() -> RocksMemoryUse {
    RocksMemoryUse(
      blockCacheBytes: UInt64(rocksdb_cache_get_usage(database.settings.cache.pointer)),
      writeBufferBytes: database.sum(of: "rocksdb.size-all-mem-tables"),
      openFileBytes: database.sum(of: "rocksdb.estimate-table-readers-mem"))
  }

  /// Visits from `lowerBound` up to the upper bound in `limits`, or back.
  private func scan(
    _ family: OpaquePointer, _ lowerBound: [UInt8], limits: borrowing OwnedPointer,
    _ reversed: Bool, _ visit: ([UInt8], [UInt8]) -> Bool
  ) throws(StorageFault) {
    let options = limits.pointer
    try lowerBound.withChars { lower, lowerCount throws(StorageFault) in
      rocksdb_readoptions_set_iterate_lower_bound(options, lower, lowerCount)
      let entries = OwnedPointer(
        rocksdb_create_iterator_cf(database.handle, options, family),
        destroyedBy: rocksdb_iter_destroy)
      let iterator = entries.pointer
      reversed ? rocksdb_iter_seek_to_last(iterator) : rocksdb_iter_seek_to_first(iterator)
      while rocksdb_iter_valid(iterator) != 0 {
        var keyCount = 0
        var valueCount = 0
        let key = rocksdb_iter_key(iterator, &keyCount)
        let value = rocksdb_iter_value(iterator, &valueCount)
        let goesOn = visit(
          [UInt8](copying: key, count: keyCount), [UInt8](copying: value, count: valueCount))
        guard goesOn else { return }
        reversed ? rocksdb_iter_prev(iterator) : rocksdb_iter_next(iterator)
      }
      // Damage ends an iteration early, as if the table did.
      try checked { rocksdb_iter_get_error(iterator, $0) }
    }
  }
}
