internal import CRocksDB
internal import Glibc
internal import Storage

/// The one owner of an open database, its tables and its options.
///
/// Sendable although it holds pointers: nothing here changes between `init` and `deinit`, and the
/// library's functions on these objects may be called from several threads.
final class RocksDatabase: @unchecked Sendable {
  let handle: OpaquePointer
  /// The library's handle of each table, by name.
  let families: [String: OpaquePointer]
  let settings: RocksSettings
  let reading = RocksDatabase.readOptions()
  let synced = RocksDatabase.writeOptions(sync: true)
  let unsynced = RocksDatabase.writeOptions(sync: false)

  /// Opens or creates the database with `tables` and whatever other tables it has already.
  init(_ directory: StoreDirectory, tables: [Table], options: RocksOptions) throws(StorageFault) {
    let settings = RocksSettings(options)
    let largeTables = Set(tables.filter(\.holdsLargeValues).map(\.name))
    var names = try Self.existingTables(directory, settings)
    for name in ["default"] + tables.map(\.name) where !names.contains(name) {
      names.append(name)
    }
    let nameCopies = names.map { strdup($0) }
    defer { nameCopies.forEach { free($0) } }
    let namePointers = nameCopies.map { UnsafePointer($0) }
    let familySettings = names.map { name in
      largeTables.contains(name) ? settings.large.pointer : settings.small.pointer
    }
    var opened = [OpaquePointer?](repeating: nil, count: names.count)
    let database: OpaquePointer?
    do throws(StorageFault) {
      database = try checked { message in
        rocksdb_open_column_families(
          settings.small.pointer, directory.path, Int32(clamping: names.count), namePointers,
          familySettings, &opened, message)
      }
    } catch {
      throw error.whenOpening(directory.path)
    }
    guard let database else {
      throw .cannotOpen(path: directory.path, reason: "the library gave neither store nor reason")
    }
    var families: [String: OpaquePointer] = [:]
    for (name, family) in zip(names, opened) { families[name] = family }
    self.handle = database
    self.families = families
    self.settings = settings
  }

  deinit {
    // Tables before their database; the options follow when the stored properties go.
    for family in families.values { rocksdb_column_family_handle_destroy(family) }
    rocksdb_close(handle)
  }

  /// The handle of `table`.
  func family(_ table: Table) throws(StorageFault) -> OpaquePointer {
    guard let family = families[table.name] else {
      throw .failed(reason: "table \(table.name) was not named when the store was opened")
    }
    return family
  }

  /// A number that the library keeps for each table, summed over all.
  func sum(of property: String) -> UInt64 {
    families.values.reduce(0) { total, family in
      var value: UInt64 = 0
      let status = rocksdb_property_int_cf(handle, family, property, &value)
      return status == 0 ? total + value : total
    }
  }

  static func readOptions() -> OwnedPointer {
    let options = OwnedPointer(
      rocksdb_readoptions_create(), destroyedBy: rocksdb_readoptions_destroy)
    rocksdb_readoptions_set_verify_checksums(options.pointer, 1)
    rocksdb_readoptions_set_total_order_seek(options.pointer, 1)
    return options
  }

  private static func writeOptions(sync: Bool) -> OwnedPointer {
    let options = OwnedPointer(
      rocksdb_writeoptions_create(), destroyedBy: rocksdb_writeoptions_destroy)
    rocksdb_writeoptions_set_sync(options.pointer, sync ? 1 : 0)
    return options
  }

  /// Every table of an existing database must be opened, also those that we no longer use.
  private static func existingTables(
    _ directory: StoreDirectory, _ settings: borrowing RocksSettings
  ) throws(StorageFault) -> [String] {
    guard try directory.holdsStore() else { return [] }
    let options = settings.small.pointer
    var count = 0
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    // The library allocates the list even when it fails.
    defer { if let list { rocksdb_list_column_families_destroy(list, count) } }
    do throws(StorageFault) {
      try checked { list = rocksdb_list_column_families(options, directory.path, &count, $0) }
    } catch {
      throw error.whenOpening(directory.path)
    }
    return (0..<count).compactMap { index in list?[index].map { String(cString: $0) } }
  }
}
