internal import Cryptography
internal import LedgerModel
internal import Merkle

/// The state after a block, as the index and the log know it.
struct StateRecord: Hashable, Sendable {
  let executed: ExecutedState
  /// The version that wrote the index's root; `nil` for an index without assets.
  let indexVersion: IndexVersion?

  /// version 8 (all ones: none) ‖ log size 8 ‖ index root 32 ‖ log root 32
  var encoded: [UInt8] {
    (indexVersion?.rawValue ?? .max).bigEndianBytes + executed.logSize.bigEndianBytes
      + executed.indexRoot.bytes + executed.logRoot.bytes
  }

  init(executed: ExecutedState, indexVersion: IndexVersion?) {
    self.executed = executed
    self.indexVersion = indexVersion
  }

  init(height: UInt64, decoding bytes: [UInt8]) throws(LedgerFault) {
    guard bytes.count == 80, let version = UInt64(bigEndian: bytes[0..<8]),
      let logSize = UInt64(bigEndian: bytes[8..<16]), let indexRoot = Digest(bytes[16..<48]),
      let logRoot = Digest(bytes[48..<80])
    else {
      throw .malformed(
        what: "state", place: "height \(height)", reason: "\(bytes.count) bytes instead of 80")
    }
    indexVersion = version == .max ? nil : IndexVersion(version)
    executed = ExecutedState(
      height: height, indexRoot: indexRoot, logRoot: logRoot, logSize: logSize)
  }
}
