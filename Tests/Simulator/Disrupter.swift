internal import Cryptography
internal import LedgerModel
internal import NodeCore
internal import TestLedger

/// A faulty validator: what its machine says is twisted on its way out, and more is added.
struct Disrupter {
  struct Lie {
    let kind: UInt8
    let bytes: [UInt8]
  }

  let kind: Disruption.Kind
  let key: PrivateKey
  /// The number of the node whose key this is.
  let me: Int
  var generator: SeededGenerator

  mutating func hear(_ kind: UInt8, _ bytes: [UInt8]) {}

  mutating func tell(
    _ message: PeerMessage, _ kind: UInt8, _ bytes: [UInt8], to peer: Int, _ simulation: Simulation
  ) -> [Lie] {
    [Lie(kind: kind, bytes: bytes)]
  }
}
