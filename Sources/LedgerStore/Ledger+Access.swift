internal import Cryptography
internal import LedgerModel
internal import Storage

// Typed access to the tables; storage faults become ledger faults here and nowhere else.

extension Ledger {
  func get(_ table: Table, _ key: [UInt8]) throws(LedgerFault) -> [UInt8]? {
    do { return try store.get(table, key) } catch { throw .storage(error) }
  }

  func get(_ table: Table, _ keys: [[UInt8]]) throws(LedgerFault) -> [[UInt8]?] {
    do { return try store.get(table, keys) } catch { throw .storage(error) }
  }

  func scan(
    _ table: Table, in range: KeyRange, reversed: Bool = false,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) throws(LedgerFault) {
    do {
      try store.scan(table, in: range, reversed: reversed, visit)
    } catch {
      throw .storage(error)
    }
  }

  func write(_ batch: WriteBatch, sync: Bool) throws(LedgerFault) {
    do { try store.write(batch, sync: sync) } catch { throw .storage(error) }
  }

  static func idempotencyKey(_ member: String, _ key: [UInt8]) -> [UInt8] {
    [UInt8(truncatingIfNeeded: member.utf8.count)] + Array(member.utf8) + key
  }
}

extension AssetState {
  /// Length of the leaf, leaf, value.
  var encoded: [UInt8] {
    let leaf = leaf.encoded
    return [UInt8(leaf.count)] + leaf + value
  }

  init(decodingStored bytes: [UInt8], place: String) throws(LedgerFault) {
    guard let length = bytes.first, bytes.count > Int(length) else {
      throw .malformed(what: "asset", place: place, reason: "\(bytes.count) bytes")
    }
    do {
      self.init(
        leaf: try AssetLeaf(decoding: Array(bytes[1..<1 + Int(length)])),
        value: Array(bytes[(Int(length) + 1)...]))
    } catch {
      throw .malformed(what: "asset", place: place, reason: "\(error)")
    }
  }
}
