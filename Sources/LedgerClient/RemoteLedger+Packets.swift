internal import Cryptography
internal import LedgerModel
internal import Wire

// Packets between chains: their sealed contents.

extension RemoteLedger {
  /// Sealed contents of packets that the member may open, in the order asked: of the first so many
  /// that fit an answer, and at least of one.
  ///
  /// They are the node's word: the digest of each is in the packet's proven value.
  /// - Parameters:
  ///   - received: Packets that came to this chain; else those sent from it.
  ///   - sequences: 1 to 1,024.
  public func packetContents(
    channel: String, received: Bool, sequences: [UInt64], by identity: Identity, timeMs: UInt64
  ) async throws(LedgerClientFault) -> [(sequence: UInt64, ciphertext: [UInt8])] {
    var body = WirePacketsQueryBody()
    body.chainID = genesis.chainID.bytes.data
    body.member = identity.member
    body.timeMs = timeMs
    body.channel = channel
    body.received = received
    body.sequences = sequences
    let query = try signed(body, by: identity)
    let answer = try await asking { () async throws(ClientFault) in
      try await connection.packets(query)
    }
    return answer.contents.map { ($0.sequence, $0.ciphertext.octets) }
  }
}
