internal import LedgerModel

/// Consecutive records of the operation log, stored as one value: few large writes instead of many
/// small ones.
///
///     kind 1 ‖ length 4 ‖ record, for each
struct LogSegment {
  /// A segment ends after this many bytes, so that reading one record stays cheap.
  private static let byteCountMax = 16 * 1_024

  /// Position of the first record.
  let first: UInt64
  private(set) var records: [LogRecord] = []

  private init(first: UInt64) {
    self.first = first
  }

  /// Divides the records of a block.
  static func segments(of records: [LogRecord], from first: UInt64) -> [LogSegment] {
    var segments: [LogSegment] = []
    var current = LogSegment(first: first)
    var byteCount = 0
    for (position, record) in zip(first..., records) {
      if byteCount >= byteCountMax {
        segments.append(current)
        current = LogSegment(first: position)
        byteCount = 0
      }
      current.records.append(record)
      byteCount += record.bytes.count
    }
    return current.records.isEmpty ? segments : segments + [current]
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(records.reduce(0) { $0 + 5 + $1.bytes.count })
    for record in records {
      bytes.append(record.kind)
      bytes += UInt32(record.bytes.count).bigEndianBytes
      bytes += record.bytes
    }
    return bytes
  }

  init(key: [UInt8], decoding bytes: [UInt8]) throws(LedgerFault) {
    guard let first = UInt64(bigEndian: key) else {
      throw .malformed(what: "log segment", place: "key", reason: "\(key.count) bytes")
    }
    self.init(first: first)
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let kind = rest.popFirst(), let length = UInt32(bigEndian: rest.prefix(4)),
        rest.count >= 4 + Int(length),
        let record = LogRecord(kind: kind, bytes: Array(rest.dropFirst(4).prefix(Int(length))))
      else {
        throw .malformed(
          what: "log segment", place: "position \(first)",
          reason: "record \(records.count) is cut off or of unknown kind")
      }
      records.append(record)
      rest = rest.dropFirst(4 + Int(length))
    }
  }
}
