internal import LedgerModel
public import Storage
internal import Wire

/// What a lane must not forget, in a store.
///
///     outbox             lane 1 ‖ 00                LaneState
///     outbox             lane 1 ‖ 01 ‖ number 8     LaneEntry
///     outbox             lane 1 ‖ 02 ‖ number 8     Failure
///     outbox.documents   lane 1 ‖ number 8          Document, while it waits
///
/// - Source: docs/spec/22-gateways.md, rule A14.
public struct Outbox: Sendable {
  /// Lanes, entries and failures.
  public static let lanes = Table("outbox")
  /// Documents that wait for delivery.
  public static let documents = Table("outbox.documents", holdsLargeValues: true)
  /// All that a store needs for outboxes.
  public static let tables = [lanes, documents]

  static let format: UInt32 = 1

  private enum Kind: UInt8 {
    case state = 0
    case entry = 1
    case failure = 2
  }

  let lane: UInt8
  let source: String
  let target: String
  private let store: any KeyValueStore

  /// The outbox of the lane with that number in `store`, between two places of these names.
  init(_ store: any KeyValueStore, lane: UInt8, source: String, target: String) {
    self.store = store
    self.lane = lane
    self.source = source
    self.target = target
  }

  /// What is kept; a lane that never ran has nothing.
  func contents() throws(OutboxFault) -> OutboxContents {
    var contents = OutboxContents()
    if let bytes = try get(Self.lanes, key(.state)) {
      let state = try decode(WireGatewayLaneState.self, bytes)
      guard state.format == Self.format else { throw .format(found: state.format) }
      guard state.source == source, state.target == target else {
        throw .otherPlaces(source: state.source, target: state.target)
      }
      contents.cursor = GatewayCursor(state.cursor.octets)
      contents.pulled = state.pulled
      contents.failures = state.failures
    }
    for (number, bytes) in try all(.entry) {
      contents.entries.append(
        try entry(number, decode(WireGatewayLaneEntry.self, bytes)))
    }
    return contents
  }

  /// Makes changes durable, all or none.
  func write(_ changes: [OutboxChange]) throws(OutboxFault) {
    guard !changes.isEmpty else { return }
    var batch = WriteBatch()
    for change in changes {
      switch change {
      case .state(let cursor, let pulled, let failures):
        var state = WireGatewayLaneState()
        state.format = Self.format
        state.source = source
        state.target = target
        state.cursor = (cursor?.bytes ?? []).data
        state.pulled = pulled
        state.failures = failures
        batch.put(Self.lanes, key(.state), state.encoded)
      case .add(let entry, let document):
        batch.put(Self.lanes, key(.entry, entry.number), WireGatewayLaneEntry(entry).encoded)
        batch.put(Self.documents, documentKey(entry.number), document.encoded)
      case .move(let entry):
        batch.put(Self.lanes, key(.entry, entry.number), WireGatewayLaneEntry(entry).encoded)
        batch.delete(Self.documents, documentKey(entry.number))
      case .drop(let number):
        batch.delete(Self.lanes, key(.entry, number))
      case .note(let number, let failure, let keeping):
        batch.put(Self.lanes, key(.failure, number), WireGatewayFailure(failure).encoded)
        if number > keeping { batch.delete(Self.lanes, key(.failure, number - keeping)) }
      }
    }
    do { try store.write(batch, sync: true) } catch { throw .storage(error) }
  }

  /// A document that waits for delivery.
  func document(_ number: UInt64) throws(OutboxFault) -> GatewayDocument {
    guard let bytes = try get(Self.documents, documentKey(number)) else {
      throw .damaged(what: "document \(number) is missing")
    }
    do {
      return try GatewayDocument(encoded: bytes)
    } catch {
      throw .damaged(what: "document \(number): \(error)")
    }
  }

  /// Documents that had no effect, the oldest first.
  func failures() throws(OutboxFault) -> [GatewayFailure] {
    var failures: [GatewayFailure] = []
    for (number, bytes) in try all(.failure) {
      let message = try decode(WireGatewayFailure.self, bytes)
      guard let code = GatewayCode(message.code), let id = try? DocumentID(message.id),
        let stage = GatewayFailure.Stage(message.where)
      else { throw .damaged(what: "failure \(number)") }
      failures.append(GatewayFailure(id: id, stage: stage, code: code))
    }
    return failures
  }

  private func entry(
    _ number: UInt64, _ message: WireGatewayLaneEntry
  ) throws(OutboxFault) -> Lane.Entry {
    let id: DocumentID
    let outcome: GatewayOutcome?
    do throws(ModelFault) {
      id = try DocumentID(message.id)
      outcome = try message.outcome.checked()
    } catch {
      throw .damaged(what: "entry \(number): \(error)")
    }
    switch (message.stage, outcome) {
    case (.waiting, nil): return Lane.Entry(number: number, id: id, stage: .waiting)
    case (.pending, nil): return Lane.Entry(number: number, id: id, stage: .pending)
    case (.settling, let outcome?) where outcome.isFinal:
      return Lane.Entry(number: number, id: id, stage: .settling(outcome))
    case (.waiting, _), (.pending, _), (.settling, _), (.UNRECOGNIZED, _):
      throw .damaged(what: "entry \(number)")
    }
  }

  private func key(_ kind: Kind, _ number: UInt64? = nil) -> [UInt8] {
    [lane, kind.rawValue] + (number?.bigEndianBytes ?? [])
  }

  private func documentKey(_ number: UInt64) -> [UInt8] {
    [lane] + number.bigEndianBytes
  }

  private func get(_ table: Table, _ key: [UInt8]) throws(OutboxFault) -> [UInt8]? {
    do { return try store.get(table, key) } catch { throw .storage(error) }
  }

  private func all(_ kind: Kind) throws(OutboxFault) -> [(UInt64, [UInt8])] {
    var found: [(UInt64, [UInt8])] = []
    do {
      try store.scan(Self.lanes, in: KeyRange(prefix: key(kind)), reversed: false) { key, value in
        found.append((UInt64(bigEndian: key.dropFirst(2)) ?? 0, value))
        return true
      }
    } catch {
      throw .storage(error)
    }
    return found
  }
}

/// What an outbox holds of a lane.
struct OutboxContents: Hashable, Sendable {
  var entries: [Lane.Entry] = []
  var cursor: GatewayCursor?
  var pulled: UInt64 = 0
  var failures: UInt64 = 0
}

/// One change of an outbox; those that a lane answers together are written together.
enum OutboxChange: Hashable, Sendable {
  case state(cursor: GatewayCursor?, pulled: UInt64, failures: UInt64)
  /// A document came and waits.
  case add(Lane.Entry, GatewayDocument)
  /// A document waits no more: its content is not needed again.
  case move(Lane.Entry)
  case drop(UInt64)
  case note(UInt64, GatewayFailure, keeping: UInt64)
}

/// A document that had no effect, for operators.
public struct GatewayFailure: Hashable, Sendable {
  /// Who refused.
  public enum Stage: Hashable, Sendable {
    /// Where it went.
    case delivery
    /// Where it came from: it does not accept what was decided.
    case settlement
  }
  public let id: DocumentID
  public let stage: Stage
  public let code: GatewayCode

  public init(id: DocumentID, stage: Stage, code: GatewayCode) {
    self.id = id
    self.stage = stage
    self.code = code
  }
}

/// Why an outbox cannot be used.
public enum OutboxFault: Error, Hashable, Sendable {
  case storage(StorageFault)
  /// Written by another version.
  case format(found: UInt32)
  /// It belongs to a lane between other places.
  case otherPlaces(source: String, target: String)
  /// Something in it is not as it was written.
  case damaged(what: String)
}

extension OutboxFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .storage(let fault): "the outbox cannot be read or written: \(fault)"
    case .format(let found):
      "the outbox has format \(found), this version knows \(Outbox.format): use the version that "
        + "wrote it"
    case .otherPlaces(let source, let target):
      "the outbox belongs to a lane from '\(source)' to '\(target)': use those names, or an empty "
        + "store"
    case .damaged(let what): "the outbox is damaged: \(what)"
    }
  }
}
