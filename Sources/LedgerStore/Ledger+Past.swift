public import Cryptography
public import LedgerModel
internal import Merkle
internal import Storage

extension Ledger {
  /// The state after the block at `height`, 0 for genesis.
  /// - Throws: `LedgerFault.notAvailable` if that block is not executed yet.
  public func state(asOf height: UInt64) throws(LedgerFault) -> PastState {
    guard height <= executed.height,
      let bytes = try get(Tables.states, height.bigEndianBytes)
    else { throw .notAvailable(what: "state of height \(height)") }
    return PastState(
      ledger: self, height: height,
      logSize: try StateRecord(height: height, decoding: bytes).executed.logSize)
  }
}

/// The state that a ledger had after an earlier block.
///
/// Blocks may be committed while it is read; it does not see them.
public struct PastState: StateView {
  private let ledger: Ledger
  public let height: UInt64
  /// Size of the operation log after the block.
  public let logSize: UInt64

  init(ledger: Ledger, height: UInt64, logSize: UInt64) {
    self.ledger = ledger
    self.height = height
    self.logSize = logSize
  }

  public func assets(_ indexKeys: [Digest]) throws(StateFault) -> [AssetState?] {
    var states: [AssetState?] = []
    for key in indexKeys { states.append(try state(key)) }
    return states
  }

  public func transaction(
    member: String, idempotencyKey: [UInt8]
  ) throws(StateFault) -> Digest? {
    guard let id = try ledger.transaction(member: member, idempotencyKey: idempotencyKey),
      try isExecuted(id)
    else { return nil }
    return id
  }

  public func isExecuted(_ id: Digest) throws(StateFault) -> Bool {
    do throws(LedgerFault) {
      guard let place = try ledger.receipts(of: id) else { return false }
      return place.height <= height
    } catch {
      throw .unavailable(reason: "\(error)")
    }
  }

  /// The newest state is read first: if a block replaces it meanwhile, it is found in the history.
  private func state(_ key: Digest) throws(StateFault) -> AssetState? {
    do throws(LedgerFault) {
      let newest = try ledger.get(Tables.assets, key.bytes)
      var replaced: [UInt8]?
      try ledger.scan(
        Tables.history,
        in: KeyRange(
          from: key.bytes + (height + 1).bigEndianBytes, to: key.bytes + UInt64.max.bigEndianBytes)
      ) { _, value in
        replaced = value
        return false
      }
      guard let bytes = replaced ?? newest else { return nil }
      let state = try AssetState(decodingStored: bytes, place: key.hex)
      // Contracts trust what they once wrote.
      guard ledger.suite.hash(.assetValue, state.value) == state.leaf.valueDigest else {
        throw .malformed(
          what: "asset", place: key.hex, reason: "its value has another digest than its leaf names")
      }
      // An asset that came later has no earlier state in the history: its oldest event tells.
      return state.leaf.position < logSize ? state : nil
    } catch {
      throw .unavailable(reason: "\(error)")
    }
  }
}
