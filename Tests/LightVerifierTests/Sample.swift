import Cryptography
import Foundation
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

/// A ledger whose proven state (height 4) has trails of 1, 10 and 120 events and a refused call.
/// Block 5, which changes the note `once`, is final but its state is not proven yet.
func sampleLedger(_ suite: SuiteID = .intl, validators: Int = 1) throws -> TestLedger {
  var ledger = try TestLedger(TestWorld(suite, validators: validators))
  let fillers = (0..<8).map { (key: "filler-\($0)", text: "text \($0)") }
  let many = (0..<40).map { (key: "many", text: "line \($0)") }
  try ledger.put([("once", "first"), ("ten", "0")] + fillers)
  try ledger.put((1...3).map { ("ten", "\($0)") } + many)
  try ledger.put((4...9).map { ("ten", "\($0)") } + many + [("refused", "")])
  try ledger.put(many)
  try ledger.put(("once", "second"))
  return ledger
}

extension TestLedger {
  var verifier: LightVerifier { LightVerifier(genesis: world.genesis) }

  /// The state that the newest header commits to.
  var provenTwin: NaiveLedger {
    get throws { try twin(at: anchor.height) }
  }

  var anchor: Ledger.Anchor {
    get throws { try #require(try ledger.anchor()) }
  }

  /// A bundle against the newest header.
  func bundle(
    _ items: (Ledger, Ledger.Anchor) throws -> [WireProofItem]
  ) throws -> WireProofBundle {
    let anchor = try anchor
    return anchor.bundle(try items(ledger, anchor))
  }

  func valueBundle(_ asset: AssetID) throws -> WireProofBundle {
    try bundle { [try $0.prove(asset, at: $1)] }
  }

  func trailBundle(_ asset: AssetID) throws -> WireProofBundle {
    try bundle { [try $0.proveTrail(asset, at: $1)] }
  }

  func logBundle(_ position: UInt64) throws -> WireProofBundle {
    try bundle { [try $0.proveRecord(at: position, at: $1)] }
  }

  func consistencyBundle(from height: UInt64) throws -> WireProofBundle {
    try bundle { [try $0.proveConsistency(from: height, at: $1)] }
  }

  /// A note that is not on the ledger: where it would be, the index has another asset's leaf, or
  /// nothing.
  func absentNote(besideLeaf: Bool) throws -> AssetID {
    let anchor = try anchor
    let candidates = (0..<10_000).lazy.map { Notes.asset("absent-\($0)") }
    return try #require(
      try candidates.first {
        try ledger.prove($0, at: anchor).absence.path.leafKey.isEmpty != besideLeaf
      })
  }

  func firstPosition(ofKind kind: UInt8) throws -> UInt64 {
    UInt64(try #require(try provenTwin.records.firstIndex { $0.kind == kind }))
  }
}

extension VerifiedBundle {
  /// The fact of a bundle that has exactly one.
  var onlyFact: ProvenFact? { facts.count == 1 ? facts.first : nil }
}

extension ProvenFact {
  var value: ProvenValue? { if case .value(let value) = self { value } else { nil } }
  var trail: ProvenTrail? { if case .trail(let trail) = self { trail } else { nil } }
  var absent: AssetID? { if case .absence(let asset) = self { asset } else { nil } }
  var older: BlockHeader? { if case .consistency(let older) = self { older } else { nil } }

  /// The log record that this fact is about, encoded again, and its position.
  var record: (record: LogRecord, position: UInt64)? {
    switch self {
    case .event(let event, let position): (.event(event.encoded), position)
    case .receipt(let receipt, let position): (.receipt(receipt.encoded), position)
    case .value, .absence, .trail, .consistency: nil
    }
  }
}

extension Data {
  /// The same with one bit of the last byte changed.
  var altered: Data {
    var bytes = octets
    if let last = bytes.indices.last { bytes[last] ^= 1 }
    return bytes.data
  }
}

/// Validators by epoch: the set grows, changes wholly, stays, shrinks to one, and rotates.
let offices = [
  [0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6], [10, 11, 12, 13], [10, 11, 12, 13], [12], [13, 12],
]

/// A ledger whose newest header is of epoch `epochs`. Each epoch has three blocks, of which the
/// second is final through the third; every other epoch's last block was final in a later view.
func epochLedger(epochs: Int) throws -> TestLedger {
  var ledger = try TestLedger(TestWorld(validators: offices[0].count))
  for epoch in 0...epochs {
    try ledger.put(("a", "\(epoch)"))
    try ledger.putUncertified("b", "\(epoch)")
    if epoch < epochs {
      try ledger.endEpoch(
        electing: offices[epoch + 1], lateness: epoch.isMultiple(of: 2) ? 0 : 2, ("c", "\(epoch)"))
    } else {
      try ledger.put(("c", "\(epoch)"))
    }
  }
  return ledger
}
