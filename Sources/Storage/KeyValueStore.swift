/// A named part of a store with its own keys, tuned for what it holds.
public struct Table: Hashable, Sendable {
  /// The name on disk.
  public let name: String
  /// Whether values are large and rarely read, so that they are kept out of the key tree.
  public let holdsLargeValues: Bool

  public init(_ name: String, holdsLargeValues: Bool = false) {
    self.name = name
    self.holdsLargeValues = holdsLargeValues
  }
}

/// Changes that become visible and durable together or not at all.
public struct WriteBatch: Sendable {
  /// One change.
  public enum Change: Sendable {
    case put(Table, key: [UInt8], value: [UInt8])
    case delete(Table, key: [UInt8])
  }
  /// The changes, in the order in which they take effect.
  public private(set) var changes: [Change] = []
  /// Bytes of all keys and values, for limits and metrics.
  public private(set) var byteCount = 0

  public init() {}

  /// Sets `key` to `value`.
  public mutating func put(_ table: Table, _ key: [UInt8], _ value: [UInt8]) {
    byteCount += key.count + value.count
    changes.append(.put(table, key: key, value: value))
  }

  /// Removes `key` if present.
  public mutating func delete(_ table: Table, _ key: [UInt8]) {
    byteCount += key.count
    changes.append(.delete(table, key: key))
  }
}

/// A key-value store with ordered keys and atomic batches.
///
/// Calls block the calling thread; callers keep them off event loops and the cooperative pool.
/// Implementations are safe to call from several threads.
public protocol KeyValueStore: Sendable {
  /// The value of `key`, or `nil`.
  func get(_ table: Table, _ key: [UInt8]) throws(StorageFault) -> [UInt8]?
  /// The values of `keys`, in their order; one call is cheaper than many.
  func get(_ table: Table, _ keys: [[UInt8]]) throws(StorageFault) -> [[UInt8]?]
  /// Calls `visit` for each entry with `range.lowerBound <= key < range.upperBound` in key order
  /// (descending if `reversed`) until it returns false.
  func scan(
    _ table: Table, in range: KeyRange, reversed: Bool,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) throws(StorageFault)
  /// Applies `batch` atomically. With `sync`, returns only when it survives a power loss.
  func write(_ batch: WriteBatch, sync: Bool) throws(StorageFault)
}

/// Keys from `lowerBound` up to but excluding `upperBound` (`nil`: to the end).
public struct KeyRange: Hashable, Sendable {
  public let lowerBound: [UInt8]
  public let upperBound: [UInt8]?

  public init(from lowerBound: [UInt8] = [], to upperBound: [UInt8]? = nil) {
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  /// All keys that begin with `prefix`.
  public init(prefix: [UInt8]) {
    lowerBound = prefix
    var bound = prefix
    while let last = bound.popLast() {
      if last < .max {
        upperBound = bound + [last + 1]
        return
      }
    }
    upperBound = nil
  }
}

/// Why a store could not do what it was asked.
public enum StorageFault: Error, Hashable, Sendable {
  /// The directory cannot be opened (another process holds it, no permission, not a store).
  case cannotOpen(path: String, reason: String)
  /// The device is full; nothing of the batch was written.
  case full(reason: String)
  /// Bytes on disk do not match their checksum.
  case corrupt(reason: String)
  /// Any other failure of the device or library, in its words.
  case failed(reason: String)
}
