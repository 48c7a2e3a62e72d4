internal import Cryptography
internal import NodeCore
internal import Transport

/// Turns what links deliver into messages for the ordering thread.
struct PeerInbox: Sendable {
  let suite: any CryptoSuite
  let mailbox: Mailbox<OrderingDriver.Message>
  let watch: NodeWatch

  /// Called on the links' event loop: decodes small messages, and leaves large ones to the workers.
  func take(_ event: LinkEvent) {
    switch event {
    case .up(let peer): mailbox.send(.event(.linkUp(PeerID(key: peer.bytes))))
    case .down(let peer, _): mailbox.send(.event(.linkDown(PeerID(key: peer.bytes))))
    case .message(let peer, let received):
      let id = PeerID(key: peer.bytes)
      do {
        let message = try PeerMessage(
          kind: received.kind, decoding: received.payload, suite: suite)
        mailbox.send(.peer(message, from: id, received))
      } catch {
        watch.count(.refused(id, reason: "message: \(error)"))
      }
    }
  }
}
