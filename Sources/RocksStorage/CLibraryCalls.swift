internal import CRocksDB
internal import Storage

/// Where a C function leaves a message if it fails.
typealias FailureMessage = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs a C function that reports failure through a message, which is freed here.
func checked<Result>(
  _ call: (FailureMessage) -> Result
) throws(StorageFault) -> Result {
  var message: UnsafeMutablePointer<CChar>?
  let result = call(&message)
  guard let message else { return result }
  defer { rocksdb_free(message) }
  throw StorageFault(describedBy: String(cString: message))
}

extension StorageFault {
  /// Sorts a message of the library: it has no error codes in C, only words.
  init(describedBy message: String) {
    let fullDevice = ["No space left", "Disk quota exceeded", "Max allowed space"]
    if message.hasPrefix("Corruption") {
      self = .corrupt(reason: message)
    } else if fullDevice.contains(where: { message.contains($0) }) {
      self = .full(reason: message)
    } else {
      self = .failed(reason: message)
    }
  }

  /// The same fault seen while opening `path`, with what to do about a lock.
  func whenOpening(_ path: String) -> StorageFault {
    guard case .failed(let reason) = self else { return self }
    if reason.contains("lock hold by current process") {
      return .cannotOpen(path: path, reason: "this process has it open already")
    }
    if reason.contains("While lock file") {
      return .cannotOpen(
        path: path,
        reason: "another process holds it; stop that one first (`fuser \(path)/LOCK` names it)")
    }
    return .cannotOpen(path: path, reason: "\(reason): the node must be able to write there")
  }
}

extension [UInt8] {
  /// Lends the bytes to a C function.
  func withChars<Result, Failure: Error>(
    _ body: (UnsafePointer<CChar>?, Int) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { bytes throws(Failure) in
      let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
      return try body(start, bytes.count)
    }
  }

  /// Copies bytes that belong to the library.
  init(copying start: UnsafePointer<CChar>?, count: Int) {
    self.init(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Copies the value that a slice of the library pins in memory.
  init(copyingSlice slice: OpaquePointer) {
    var count = 0
    let start = rocksdb_pinnableslice_value(slice, &count)
    self.init(copying: start, count: count)
  }
}
