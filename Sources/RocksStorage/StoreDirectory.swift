internal import Glibc
internal import Storage

/// The directory of a store as the file system shows it.
struct StoreDirectory: Sendable {
  /// Absolute and without links: the library knows a locked directory by its name only.
  let path: String

  /// Creates the directory (not its parents) unless it is there.
  init(creating given: String) throws(StorageFault) {
    // Only the owner may look in: what is inside is medical.
    if mkdir(given, 0o700) != 0, errno != EEXIST {
      throw .cannotOpen(path: given, reason: String(cString: strerror(errno)))
    }
    guard let resolved = realpath(given, nil) else {
      throw .cannotOpen(path: given, reason: String(cString: strerror(errno)))
    }
    defer { free(resolved) }
    path = String(cString: resolved)
  }

  /// Whether there is a store to open, rather than one to create.
  ///
  /// The library would begin an empty store over the data of one that lost its `CURRENT` file.
  func holdsStore() throws(StorageFault) -> Bool {
    if access(path + "/CURRENT", F_OK) == 0 { return true }
    if let orphan = dataFiles().first {
      throw .corrupt(reason: "\(path) holds \(orphan.name) but no CURRENT file")
    }
    return false
  }

  /// Bytes of all sorted files, value files and write-ahead logs.
  var dataBytes: UInt64 {
    dataFiles().reduce(0) { $0 + $1.bytes }
  }

  /// Throws `full` unless the device has room for `bytes` more.
  ///
  /// Asked before the library writes: a build of it with assertions, as Debian's is, stops the
  /// process when it meets a full device.
  func requireRoom(for bytes: Int) throws(StorageFault) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else {
      throw .failed(reason: "\(path): \(String(cString: strerror(errno)))")
    }
    let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    guard overflow || free >= UInt64(clamping: bytes) else {
      throw .full(reason: "\(path) has \(free) bytes free, \(bytes) are needed")
    }
  }

  private func dataFiles() -> [(name: String, bytes: UInt64)] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var files: [(name: String, bytes: UInt64)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { characters in
        characters.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard [".sst", ".blob", ".log"].contains(where: { name.hasSuffix($0) }) else { continue }
      var status = stat()
      // A file may vanish between the two calls.
      guard fstatat(dirfd(directory), name, &status, 0) == 0 else { continue }
      files.append((name, UInt64(clamping: status.st_size)))
    }
    return files
  }
}
